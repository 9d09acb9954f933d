"""Inviting people, and letting them in.

    invite(actor, Invitee(...), now) -> Invitation
    withdraw_invitation(invitation_id, actor, now) -> None
    accept_invitation(user, now) -> Invitation | None

Each act and its audit event are one transaction. Events carry ids and codes, never an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from safeguarding_portal.accounts.models import (
    Directorate,
    Invitation,
    Membership,
    PersonKind,
    Role,
    Team,
    User,
)
from safeguarding_portal.accounts.selectors import may_give, open_invitation
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

INVITATION_VALID_FOR = timedelta(days=14)


class InvitationError(Exception):
    """The invitation cannot be made; the text says why, in words for the person who asked."""


@dataclass(frozen=True)
class Invitee:
    """Whom to invite, and what they may do besides reporting."""

    email: str
    full_name: str
    job_title: str = ""
    directorate: Directorate | None = None
    role: str = ""
    team: Team | None = None
    kind: str = PersonKind.STAFF

    @property
    def role_words(self) -> str:
        """Return what they may do, for a page."""
        return role_label(self.role)


def role_label(role: str) -> str:
    """Return the words for a role; the empty one is what everybody may do."""
    return Role(role).label if role else "Report concerns"


def why_not(actor: User | None, invitee: Invitee, now: datetime) -> str:
    """Say why this invitation cannot be made at `now` (aware); empty when it can.

    `actor` is None for the command line, which may give any role. Nobody may invite themselves
    into another role: an address that has an account is refused.
    """
    if actor is not None and not may_give(actor, invitee.role, invitee.team, now):
        return "You cannot give this role. Ask the corporate safeguarding lead"
    if invitee.role in Role.of_a_team() and invitee.team is None:
        return f"Choose a team: a {Role(invitee.role).label.lower()} works in one"
    if User.objects.filter(email__iexact=invitee.email).exists():
        return "This person has an account already"
    if open_invitation(invitee.email, now):
        return "This person has an open invitation already"
    return ""


@transaction.atomic
def invite(actor: User | None, invitee: Invitee, now: datetime) -> Invitation:
    """Invite one person; the message points to the sign-up page and carries no secret.

    `now` is aware. An invitation that ran out is withdrawn first. Raises `InvitationError`.
    """
    if refusal := why_not(actor, invitee, now):
        raise InvitationError(refusal)
    Invitation.objects.filter(
        email__iexact=invitee.email, accepted_at=None, withdrawn_at=None
    ).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        email=invitee.email.lower(),
        full_name=invitee.full_name,
        job_title=invitee.job_title,
        directorate=invitee.directorate,
        role=invitee.role,
        team=invitee.team,
        kind=invitee.kind,
        invited_by=actor,
        created_at=now,
        expires_at=now + INVITATION_VALID_FOR,
    )
    enqueue_many([_announcement(invitation)])
    _record("invitation.made", invitation, actor)
    return invitation


def _announcement(invitation: Invitation) -> NewMessage:
    return NewMessage(
        kind="invitation",
        channel="email",
        recipient=invitation.email,
        template="invitation",
        context={"link": _where_to_begin(), "days": str(INVITATION_VALID_FOR.days)},
        dedupe_key=f"invitation:{invitation.pk}",
        subject_type="account",
    )


def _where_to_begin() -> str:
    """Return the page on which an invited person begins: without passwords nobody signs up."""
    return reverse("account_signup" if settings.LOCAL_PASSWORDS else "account_login")


@transaction.atomic
def withdraw_invitation(invitation_id: int, actor: User, now: datetime) -> None:
    """Take an open invitation back; without effect when it was used or withdrawn before.

    Raises `InvitationError` for one that the person could not have made.
    """
    invitation = Invitation.objects.select_for_update().get(pk=invitation_id)
    if not may_give(actor, invitation.role, invitation.team, now):
        raise InvitationError("You cannot withdraw this invitation")
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    _record("invitation.withdrawn", invitation, actor)


@transaction.atomic
def accept_invitation(user: User, now: datetime) -> Invitation | None:
    """Give a person whose address is proved what their invitation says, once.

    `now` is aware. Returns None when there is no invitation, as in an allowed domain.
    """
    found = open_invitation(user.email, now)
    if found is None:
        return None
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    if invitation.accepted_at or invitation.withdrawn_at:
        return None
    invitation.accepted_at, invitation.accepted_by = now, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    user.full_name = user.full_name or invitation.full_name
    user.job_title = user.job_title or invitation.job_title
    user.directorate, user.kind = invitation.directorate, invitation.kind
    user.save(update_fields=["full_name", "job_title", "directorate", "kind"])
    if invitation.role:
        # A group of the directory may have given it meanwhile.
        Membership.objects.get_or_create(
            user=user, role=invitation.role, team=invitation.team, ends_at=None
        )
    _record("invitation.accepted", invitation, user)
    return invitation


def _record(name: str, invitation: Invitation, actor: User | None) -> None:
    record(
        name,
        actor=actor,
        actor_label="" if actor else "command line",
        object_type="invitation",
        object_id=str(invitation.pk),
        detail={"role": invitation.role, "team_id": invitation.team_id},
    )
