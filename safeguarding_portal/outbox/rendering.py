"""From a row to the words that are sent: `templates/messages/<template>.txt`.

The first line of a template is the subject. The link in the row is a path; the address of the
portal comes from the settings of the process that sends.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string

from safeguarding_portal.outbox.models import Message


@dataclass(frozen=True)
class Rendered:
    """Subject and plain-text body."""

    subject: str
    body: str


def render(message: Message) -> Rendered:
    """Return the words of a message."""
    context = dict(message.context)
    if "link" in context:
        context["link"] = settings.PORTAL_URL + context["link"]
    text = render_to_string(f"messages/{message.template}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return Rendered(" ".join(subject.split()), body.strip() + "\n")
