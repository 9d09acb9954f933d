"""Groups as the council's directory reports them; with GROUPS_FROM=scim they give and end roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from safeguarding_portal.accounts.memberships import follow_groups
from safeguarding_portal.accounts.models import DirectoryGroup, User
from safeguarding_portal.accounts.scim.protocol import (
    GROUP,
    Change,
    Comparison,
    ScimError,
    flat,
    text_of,
)
from safeguarding_portal.audit.services import record

MOST_MEMBERS = 5000


def resource(group: DirectoryGroup, base: str, *, members: bool) -> dict[str, Any]:
    """Return a group as the directory sees it; its members only where they are asked for."""
    found: dict[str, Any] = {
        "schemas": [GROUP],
        "id": str(group.pk),
        "externalId": group.external_id,
        "displayName": group.name,
        "meta": {"resourceType": "Group", "location": f"{base}/Groups/{group.pk}"},
    }
    if members:
        ids = group.members.order_by("pk").values_list("pk", flat=True)
        found["members"] = [{"value": str(pk)} for pk in ids]
    return found


def found_by(wanted: Comparison | None) -> Q:
    """Return the condition of a filter. Raises `ScimError` for an attribute that is not kept."""
    known = {"externalid": "external_id", "displayname": "name__iexact"}
    if wanted is None:
        return Q()
    if wanted.attribute not in known:
        raise ScimError(400, f"No filter on {wanted.attribute}.", "invalidFilter")
    return Q(**{known[wanted.attribute]: wanted.value})


@transaction.atomic
def make_group(body: Mapping[str, Any], now: datetime) -> DirectoryGroup:
    """Take in a group. Without an id of the directory its name stands for it."""
    said = flat(body)
    name = text_of(said.get("displayname"), "displayName")
    external_id = (text_of(said.get("externalid"), "externalId") or name)[:100]
    if not external_id:
        raise ScimError(400, "displayName is missing.", "invalidValue")
    if DirectoryGroup.objects.filter(external_id=external_id).exists():
        raise ScimError(409, "There is such a group already.", "uniqueness")
    group = DirectoryGroup.objects.create(external_id=external_id, name=name or external_id)
    _record("directory_group.made", group)
    members = Change("add", "members", said.get("members") or [])
    return change_group(group.pk, [members], now)


@transaction.atomic
def change_group(pk: int, changes: list[Change], now: datetime) -> DirectoryGroup:
    """Apply changes to a group, all or none; whoever comes in or goes out follows it at once."""
    group = DirectoryGroup.objects.select_for_update(of=("self",)).get(pk=pk)
    before = _members(group)
    for change in changes:
        if change.attribute == "displayname" and change.op != "remove":
            group.name = text_of(change.value, "displayName") or group.name
            group.save(update_fields=["name"])
        elif change.attribute == "members":
            _change_members(group, change)
    touched = before ^ _members(group)
    if touched:
        _record("directory_group.changed", group)
        follow_reported_groups(touched, now)
    return group


@transaction.atomic
def remove_group(pk: int, now: datetime) -> None:
    """Forget a group; what it gave ends."""
    group = DirectoryGroup.objects.select_for_update(of=("self",)).get(pk=pk)
    members = _members(group)
    _record("directory_group.removed", group)
    group.delete()
    follow_reported_groups(members, now)


def follow_reported_groups(user_ids: Iterable[int], now: datetime) -> None:
    """Give and end what the reported groups of these people say, where groups are reported."""
    if settings.GROUPS_FROM != "scim":
        return
    people = User.objects.filter(pk__in=list(user_ids), is_active=True).order_by("pk")
    for user in people.prefetch_related("directory_groups"):
        follow_groups(user, [group.external_id for group in user.directory_groups.all()], now)


def _members(group: DirectoryGroup) -> set[int]:
    return set(group.members.values_list("pk", flat=True))


def _change_members(group: DirectoryGroup, change: Change) -> None:
    ids = _ids_of(change.value)
    if change.op == "add":
        group.members.add(*ids)
    elif change.op == "replace":
        group.members.set(ids)
    elif change.value is None:
        group.members.clear()
    else:
        group.members.remove(*ids)


def _ids_of(value: Any) -> list[int]:
    """Return the ids of members that we know; a group may hold others. Raises `ScimError`."""
    rows = value if isinstance(value, list) else [value] if value else []
    if len(rows) > MOST_MEMBERS:
        raise ScimError(413, f"At most {MOST_MEMBERS} members at a time.")
    texts = [row.get("value") if isinstance(row, dict) else row for row in rows]
    if not all(isinstance(text, str) for text in texts):
        raise ScimError(400, "A member is named by its id.", "invalidValue")
    wanted = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 18]
    return list(User.objects.filter(pk__in=wanted).values_list("pk", flat=True))


def _record(name: str, group: DirectoryGroup) -> None:
    record(name, actor_label="scim", object_type="directory_group", object_id=str(group.pk))
