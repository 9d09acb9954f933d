"""People who leave, and who come back.

    deactivate(user_id, by, now) -> bool
    reactivate(user_id, by, now) -> bool

Leaving is at once: the next request of any session is nobody's, roles and invitations end, codes
and kept pages are gone, and what the person held goes to cover, all in one transaction. The row
and the name stay: the audit trail needs them.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from safeguarding_portal.accounts.leaving import By, hand_over
from safeguarding_portal.accounts.memberships import PeopleError, end_all
from safeguarding_portal.accounts.models import Invitation, KeptPage, Role, SignInCode, Source, User
from safeguarding_portal.accounts.selectors import has_role
from safeguarding_portal.audit.services import record


def may_close_accounts(actor: User, now: datetime) -> bool:
    """Whether the person may close and open accounts: the corporate lead may."""
    return has_role(actor, Role.CORPORATE_LEAD, now)


@transaction.atomic
def deactivate(user_id: int, by: By, now: datetime) -> bool:
    """Close an account at once; false when it was closed before. `now` is aware.

    The new password, which nobody can know, ends every session, also after a return. Raises
    `PeopleError` for whoever may not, and `User.DoesNotExist`.
    """
    _check(by, now)
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if user == by.actor:
        raise PeopleError("You cannot close your own account. Ask a colleague to do it")
    if not user.is_active:
        return False
    user.is_active, user.left_at, user.left_by = False, now, by.source
    user.set_unusable_password()
    user.save(update_fields=["is_active", "left_at", "left_by", "password"])
    ended = end_all(user, by, now)
    withdrawn = _withdraw_invitations(user, by, now)
    KeptPage.objects.filter(owner=user).delete()
    SignInCode.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)
    handed_over = hand_over(user, by, now)
    detail = {"memberships": len(ended), "invitations": withdrawn, "handed_over": handed_over}
    _record("account.closed", user, by, **detail)
    return True


@transaction.atomic
def reactivate(user_id: int, by: By, now: datetime) -> bool:
    """Open a closed account again, without any role; false when it is open.

    What was closed by hand no feed opens: somebody may be kept out who still works here. Raises
    `PeopleError` for whoever may not, and `User.DoesNotExist`.
    """
    _check(by, now)
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if user == by.actor:
        raise PeopleError("You cannot open your own account. Ask a colleague to do it")
    if user.is_active or (by.actor is None and user.left_by == Source.HAND):
        return False
    user.is_active, user.left_at, user.left_by = True, None, ""
    user.save(update_fields=["is_active", "left_at", "left_by"])
    _record("account.opened", user, by)
    return True


def _check(by: By, now: datetime) -> None:
    if by.actor is not None and not may_close_accounts(by.actor, now):
        raise PeopleError("Only the corporate safeguarding lead closes and opens accounts")


def _withdraw_invitations(user: User, by: By, now: datetime) -> int:
    """Take back what would let them in again, and what they have given to others."""
    waiting = Invitation.objects.select_for_update(of=("self",)).filter(
        Q(email__iexact=user.email) | Q(invited_by=user), accepted_at=None, withdrawn_at=None
    )
    for invitation in waiting:
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        record(
            "invitation.withdrawn",
            actor=by.actor,
            actor_label=by.label,
            object_type="invitation",
            object_id=str(invitation.pk),
            detail={"role": invitation.role, "team_id": invitation.team_id},
        )
    return len(waiting)


def _record(name: str, user: User, by: By, **detail: int) -> None:
    record(
        name,
        actor=by.actor,
        actor_label=by.label,
        object_type="user",
        object_id=str(user.pk),
        detail={"source": str(by.source), **detail},
    )
