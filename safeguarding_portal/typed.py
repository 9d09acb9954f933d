"""What somebody typed into a page that could not be taken in, shown back to them.

Losing an account of harm to an expired token or a database that is away is the one fault a
reporter would not forgive; these pages therefore carry the words, and a way to send them again.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict, UnreadablePostError
from django.middleware.csrf import get_token

_SECRET_NAMES = {"csrfmiddlewaretoken", "code", "otp", "token", "secret"}
_LONG = 60


@dataclass(frozen=True)
class Typed:
    """One value of one input."""

    name: str
    value: str

    @property
    def label(self) -> str:
        """Return the input's name as words; the page it came from is not at hand."""
        return self.name.replace("_", " ").replace("-", " ").strip().capitalize()

    @property
    def is_long(self) -> bool:
        """Say whether it is a text somebody wrote and not a choice."""
        return len(self.value) > _LONG or "\n" in self.value


def typed_values(request: HttpRequest) -> list[Typed]:
    """Return what was posted, without passwords, codes and tokens; nothing if it is unreadable."""
    try:
        post = request.POST
    except (RequestDataTooBig, SuspiciousOperation, UnreadablePostError):
        post = QueryDict()
    return [
        Typed(name, value)
        for name, values in post.lists()
        if name not in _SECRET_NAMES and "password" not in name
        for value in values
        if value
    ]


def typed_context(request: HttpRequest) -> dict[str, object]:
    """Return the context of `components/_typed.html`.

    The way to send again is offered only where the browser itself says that the page was ours
    (Sec-Fetch-Site): otherwise another site could have its own form sent with a fresh token.
    """
    typed = typed_values(request)
    context: dict[str, object] = {
        "typed": typed,
        "has_short": any(not item.is_long for item in typed),
        "may_resend": False,
    }
    if typed and request.headers.get("Sec-Fetch-Site") == "same-origin":
        context |= {
            "may_resend": True,
            "resend_to": request.get_full_path(),
            "resend_token": get_token(request),
        }
    return context
