"""What is known of a person: what they are to the council, their job, who manages them.

    change_details(actor, user_id, Details(...), now) -> None

Manager and deputies are kept out of reports that name the person, so these are not free text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from safeguarding_portal.accounts.leavers import may_close_accounts
from safeguarding_portal.accounts.memberships import PeopleError
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.services import record


@dataclass(frozen=True)
class Details:
    """What a page says of a person."""

    full_name: str
    job_title: str
    work_phone: str
    kind: str
    manager: User | None
    deputies: tuple[User, ...]


def find_by_address(addresses: list[str]) -> dict[str, User | None]:
    """Return the active person of each address, None where there is none; one statement."""
    wanted = {address.lower(): address for address in addresses}
    people = {
        user.email.lower(): user
        for user in User.objects.filter(email__in=list(wanted), is_active=True)
    }
    return {address: people.get(lowered) for lowered, address in wanted.items()}


@transaction.atomic
def change_details(actor: User, user_id: int, new: Details, now: datetime) -> None:
    """Change what is known of a person. Raises `PeopleError`, `User.DoesNotExist`."""
    if not may_close_accounts(actor, now):
        raise PeopleError("Only the corporate safeguarding lead changes this")
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if user == actor:
        raise PeopleError("You cannot change your own details here. Ask a colleague to do it")
    if user == new.manager or user in new.deputies:
        raise PeopleError("Nobody is their own manager or deputy. Choose somebody else")
    fields = ("full_name", "job_title", "work_phone", "kind", "manager")
    changed = [name for name in fields if getattr(user, name) != getattr(new, name)]
    for name in changed:
        setattr(user, name, getattr(new, name))
    user.save(update_fields=changed)
    before = set(user.deputies.values_list("pk", flat=True))
    after = {deputy.pk for deputy in new.deputies}
    if before != after:
        user.deputies.set(new.deputies)
        changed.append("deputies")
    if changed:
        record(
            "person.changed",
            actor=actor,
            object_type="user",
            object_id=str(user.pk),
            detail={
                "fields": changed,
                "kind": user.kind,
                "manager": user.manager_id,
                "deputies": sorted(after),
            },
        )
