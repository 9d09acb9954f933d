"""Letting one person in while the council's sign-in is away: a code made at the command line.

    make_code(email, now) -> str
    person_of_code(email, code, now) -> User | None

Whoever can run a command on the server can do this, so the corporate lead hears of each code at
once. It is no second factor: who needs one is asked for it as after a password.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import get_random_string, salted_hmac

from safeguarding_portal.accounts.memberships import PeopleError, tell_corporate_leads
from safeguarding_portal.accounts.models import SignInCode, User
from safeguarding_portal.audit.services import record

VALID_FOR = timedelta(minutes=15)
MOST_TRIES = 5
# No vowels and nothing that looks like something else.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 12


@transaction.atomic
def make_code(email: str, now: datetime) -> str:
    """Return a code for one person; those made before end. Raises `PeopleError`."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise PeopleError("Nobody with an open account has this email address")
    code = get_random_string(_LENGTH, _LETTERS)
    user.sign_in_codes.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    made = SignInCode.objects.create(
        user=user, code_hash=_hash(user, code), made_at=now, expires_at=now + VALID_FOR
    )
    record(
        "account.code_made",
        actor_label="command line",
        object_type="user",
        object_id=str(user.pk),
    )
    tell_corporate_leads("sign_in_code_made", str(made.pk), now)
    return "-".join(code[start : start + 4] for start in range(0, _LENGTH, 4))


@transaction.atomic
def person_of_code(email: str, code: str, now: datetime) -> User | None:
    """Return the person whose code this is, once, or None; five wrong tries end a code."""
    waiting = SignInCode.objects.select_for_update(of=("self",)).select_related("user")
    made = waiting.filter(
        user__email__iexact=email,
        user__is_active=True,
        used_at=None,
        expires_at__gt=now,
        tries__lt=MOST_TRIES,
    ).first()
    if made is None:
        return None
    typed = "".join(letter for letter in code.upper() if letter in _LETTERS)
    if not hmac.compare_digest(_hash(made.user, typed), made.code_hash):
        made.tries += 1
        made.save(update_fields=["tries"])
        record("account.code_refused", actor_label="visitor", object_type="user",
               object_id=str(made.user_id))  # fmt: skip
        return None
    made.used_at = now
    made.save(update_fields=["used_at"])
    record("account.code_used", actor=made.user)
    return made.user


def _hash(user: User, code: str) -> str:
    return salted_hmac("sign-in code", f"{user.pk}:{code}", algorithm="sha256").hexdigest()
