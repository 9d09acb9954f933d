"""Second factors of people: what they have, adding, taking away, resetting for somebody else.

    factors_of(user) -> list[Factor]                has_factor(user) -> bool
    add_app(user, secret, now)                      add_passkey(user, name, credential, now)
    remove_factor(user, pk, now) -> bool            new_recovery_codes(user, now) -> list[str]
    resettable(actor, email, now) -> User | None    reset_factors(actor, user, reason, now)
    sign_out_everywhere(user, now)

Each act, its audit event and its notice to the person are one transaction. Events carry the kind
of factor and a code for the reason, never a secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import models, transaction
from django.db.models import F
from django.utils.crypto import get_random_string

from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.accounts.selectors import may_give, memberships_in_force, roles_of
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

Kind = Authenticator.Type
# Recovery codes alone are no second factor: they stand in for one.
REAL = (Kind.TOTP, Kind.WEBAUTHN)


class Reason(models.TextChoices):
    """Why somebody's second factor is reset; a code, since an audit event holds no stories."""

    LOST = "lost", "The phone or key is lost or stolen"
    BROKEN = "broken", "The phone or key is broken"
    REPLACED = "replaced", "They have a new phone and no longer have the old one"
    TAKEN_OVER = "taken_over", "Somebody else may have used the account"


@dataclass(frozen=True)
class Factor:
    """One second factor, for a page; recovery codes have the number that is left."""

    pk: int
    kind: str
    name: str
    added_at: datetime
    used_at: datetime | None
    left: int = 0


def has_factor(user: User) -> bool:
    """Whether the person has an app or a passkey; one query."""
    return Authenticator.objects.filter(user=user, type__in=REAL).exists()


def factors_of(user: User) -> list[Factor]:
    """Return what the person has set up, oldest first; one query."""
    found = []
    for row in Authenticator.objects.filter(user=user).order_by("created_at", "pk"):
        left = 0
        name = "Authenticator app"
        if row.type == Kind.RECOVERY_CODES:
            name, left = "Recovery codes", len(row.wrap().get_unused_codes())
        elif row.type == Kind.WEBAUTHN:
            name = row.wrap().name
        found.append(Factor(row.pk, row.type, name, row.created_at, row.last_used_at, left))
    return found


@transaction.atomic
def add_app(user: User, secret: str, now: datetime) -> None:
    """Keep the secret of an authenticator app, in the place of an earlier one; `now` is aware."""
    Authenticator.objects.filter(user=user, type=Kind.TOTP).delete()
    TOTP.activate(user, secret)
    _tell("account.second_factor_added", user, Kind.TOTP, now)


@transaction.atomic
def add_passkey(user: User, name: str, credential: dict[str, Any], now: datetime) -> None:
    """Keep a passkey whose registration was verified; `now` is aware."""
    WebAuthn.add(user, name, credential)
    _tell("account.second_factor_added", user, Kind.WEBAUTHN, now)


@transaction.atomic
def new_recovery_codes(user: User, now: datetime) -> list[str]:
    """Make ten recovery codes; those of before no longer work. They are shown once, here."""
    User.objects.select_for_update().get(pk=user.pk)
    Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    _tell("account.recovery_codes_made", user, Kind.RECOVERY_CODES, now)
    return codes


@transaction.atomic
def remove_factor(user: User, pk: int, now: datetime) -> bool:
    """Take an app or a passkey of one's own away; say whether one is left.

    Recovery codes go with the last one. Raises `Authenticator.DoesNotExist` for another's.
    """
    row = Authenticator.objects.get(user=user, pk=pk, type__in=REAL)
    row.delete()
    is_left = has_factor(user)
    if not is_left:
        Authenticator.objects.filter(user=user).delete()
    _tell("account.second_factor_removed", user, row.type, now)
    return is_left


def resettable(actor: User, email: str, now: datetime) -> User | None:
    """Return the person of this address, if the actor may reset their second factor.

    The corporate lead may for everybody, a triage manager for people whose every role they could
    give. Never for oneself: whoever has a session would be free of the second factor.
    """
    user = User.objects.filter(email__iexact=email, is_active=True).exclude(pk=actor.pk).first()
    if user is None:
        return None
    held = roles_of(actor, now)
    if Role.CORPORATE_LEAD in held:
        return user
    theirs = memberships_in_force(user, now).select_related("team")
    is_theirs = all(may_give(actor, one.role, one.team, now) for one in theirs)
    return user if Role.TRIAGE_MANAGER in held and is_theirs else None


@transaction.atomic
def reset_factors(actor: User | None, user: User, reason: Reason, now: datetime) -> None:
    """Take every second factor of somebody else away, and end their sessions; tell them.

    They sign in with their password and set a new one up. `actor` is None for the command line.
    Raises `ValueError` for one's own.
    """
    if actor is not None and actor.pk == user.pk:
        raise ValueError("Nobody resets their own second factor.")
    Authenticator.objects.filter(user=user).delete()
    _end_sessions(user)
    record(
        "account.second_factor_reset",
        actor=actor,
        actor_label="" if actor else "command line",
        object_type="user",
        object_id=str(user.pk),
        detail={"reason": str(reason)},
    )
    enqueue_many([notice(user, "account_factor_reset")])


@transaction.atomic
def sign_out_everywhere(user: User, now: datetime) -> None:
    """End every session of the person, on every device, at their next request."""
    _end_sessions(user)
    record("account.signed_out_everywhere", actor=user, happened_at=now)


def notice(user: User, template: str) -> NewMessage:
    """Return a message about the person's own account; it carries nothing but its words."""
    return NewMessage(
        kind="account",
        channel="email",
        recipient=user.email,
        template=template,
        dedupe_key=f"account:{template}:{get_random_string(20)}",
        priority=1,
        subject_type="account",
    )


def _end_sessions(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def _tell(name: str, user: User, kind: str, now: datetime) -> None:
    record(name, actor=user, happened_at=now, detail={"kind": str(kind)})
    enqueue_many([notice(user, "account_factor_changed")])
