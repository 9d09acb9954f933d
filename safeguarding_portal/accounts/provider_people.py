"""The person whom the council's provider has signed in: found, linked, or let in at first.

    person_of(claims, now) -> User

Found by what was linked before, else by the id that the directory reported (SCIM), else by an
address that the provider is trusted for. Nothing else links anybody.
"""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction

from safeguarding_portal.accounts.claims import Claims
from safeguarding_portal.accounts.machines import is_machine
from safeguarding_portal.accounts.memberships import follow_groups
from safeguarding_portal.accounts.models import Membership, Source, User
from safeguarding_portal.accounts.provider import PROVIDER_ID
from safeguarding_portal.accounts.selectors import open_invitation
from safeguarding_portal.accounts.services import accept_invitation
from safeguarding_portal.audit.services import record

REFUSALS = {
    "address_not_trusted": "Your council account does not show a work email address of the "
    "council. Ask for an invitation, or sign in with the account that you work with.",
    "no_account": "You have no account here yet. Ask your safeguarding team for an invitation.",
    "linked_to_another": "Your email address belongs to an account that somebody else signs in "
    "with. Ask the corporate safeguarding lead to close the old account first.",
    "left": "This account is closed. If you still work here, ask your safeguarding team.",
    "groups_left_out": "Your council account is in so many groups that we were not told which, so "
    "we cannot tell what you may see. Ask IT to send only the groups of this portal.",
}


class RefusedError(Exception):
    """Nobody is signed in; `code` is for the audit event, the text for the person."""

    def __init__(self, code: str) -> None:
        super().__init__(REFUSALS[code])
        self.code = code


@transaction.atomic
def person_of(claims: Claims, now: datetime) -> User:
    """Return the person who signed in, with the roles that their groups give at `now` (aware).

    Raises `RefusedError`.
    """
    user = _linked(claims) or _link(claims, now)
    if not user.is_active:
        raise RefusedError("left")
    if settings.GROUPS_FROM == "token":
        _follow_groups(user, claims, now)
    return user


def _linked(claims: Claims) -> User | None:
    found = SocialAccount.objects.select_related("user").filter(
        provider=PROVIDER_ID, uid=claims.subject
    )
    account = found.first()
    return User.objects.get(pk=account.user_id) if account else None


def _link(claims: Claims, now: datetime) -> User:
    """Find or open the account of somebody who comes for the first time, and link it."""
    user = User.objects.filter(external_id=claims.external_id).first()
    if user is None and not claims.email:
        raise RefusedError("address_not_trusted")
    user = user or User.objects.filter(email__iexact=claims.email).first()
    if user is None:
        user = _open(claims, now)
    elif not user.is_active:
        raise RefusedError("left")
    elif is_machine(user) or user.external_id not in {"", claims.external_id}:
        raise RefusedError("linked_to_another")
    if SocialAccount.objects.filter(user=user, provider=PROVIDER_ID).exists():
        raise RefusedError("linked_to_another")
    SocialAccount.objects.create(user=user, provider=PROVIDER_ID, uid=claims.subject)
    if not user.external_id:
        user.external_id = claims.external_id
        user.save(update_fields=["external_id"])
    _record("account.linked", user)
    accept_invitation(user, now)
    return user


def _open(claims: Claims, now: datetime) -> User:
    """Open an account that may report; an invitation says what else."""
    if not (settings.OIDC_OPENS_ACCOUNTS or open_invitation(claims.email, now)):
        raise RefusedError("no_account")
    user = User.objects.create_user(claims.email, full_name=claims.name or claims.email)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    _record("account.made", user)
    return user


def _follow_groups(user: User, claims: Claims, now: datetime) -> None:
    """Give and end what the groups say. Left out is not "none", and it is not "as before" either.

    Who holds a role by a group is refused; whoever holds none comes in without, and may report.
    """
    if claims.groups is not None:
        follow_groups(user, claims.groups, now)
        return
    if Membership.objects.filter(user=user, source=Source.GROUPS, ends_at=None).exists():
        raise RefusedError("groups_left_out")
    _record("account.groups_left_out", user)


def _record(name: str, user: User) -> None:
    record(name, actor=user, object_type="user", object_id=str(user.pk))
