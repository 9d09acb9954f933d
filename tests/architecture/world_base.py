"""What the world is made of, and how a report comes into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from concerns.models import Concern, Draft
from concerns.services import access, custody
from concerns.services.submit import submit_report
from tests.answers import CHILD
from tests.architecture.people import People
from tests.factories import NOON, make_concern, make_report

AT = NOON
# When everybody knocks.
SEEN_AT = NOON + timedelta(minutes=30)
Parts = dict[str, object]


@dataclass
class World:
    """The people, and the parts of addresses by name; a key with a space names a second record."""

    people: People
    parts: dict[str, Parts] = field(default_factory=dict)

    def fill(self, prefix: str, pages: Mapping[str, Mapping[str, Any]]) -> None:
        """Say which records the addresses of a room are opened with."""
        self.parts.update({f"{prefix}{name}": dict(parts) for name, parts in pages.items()})


def expiry() -> datetime:
    """Return when a draft of the world expires (aware)."""
    return AT + timedelta(days=30)


def filed(world: World, raw: Any = CHILD) -> Concern:
    """File a report of the reporter's that the owner takes, and keep one lead of the team out."""
    people = world.people
    draft = Draft.objects.create(owner=people.reporter, answers=raw, expires_at=expiry())
    return _kept(world, submit_report(draft.pk, people.reporter, AT).concerns.get())


def made(world: World, **fields: Any) -> Concern:
    """Make a concern that needs no second pair of eyes, owned as the filed one is."""
    values: dict[str, Any] = {"group": "adult_at_risk", "categories": ["financial"], "priority": 3}
    report = make_report(world.people.reporter, received_at=AT)
    return _kept(world, make_concern(world.people.team, report, **values | fields))


def _kept(world: World, concern: Concern) -> Concern:
    people = world.people
    access.exclude_person(concern.pk, people.team_lead, people.excluded_lead.pk, "kin", AT)
    concern.refresh_from_db()
    return custody.take_concern(concern.pk, people.owner, concern.version, AT)


def version_of(concern: Concern) -> int:
    return Concern.objects.values_list("version", flat=True).get(pk=concern.pk)
