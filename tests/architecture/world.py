"""A small council with one real record of every kind, and which record fills which address.

Made through the services wherever one makes it, so that a page finds what it would find in life.
The access table (`access_table.py`) opens every address with it, as everybody. What a new address
needs: a record made in one of the `world_*` modules, named there with `World.fill`.
"""

from __future__ import annotations

from datetime import timedelta

from contacts.services import publish_version
from policies.services.load import load_shipped
from tests.architecture import world_concerns, world_rooms, world_trust
from tests.architecture.people import make_people
from tests.architecture.world_base import AT, World
from tests.contacts.conftest import shipped_document

PARTS = (
    world_concerns.triage,
    world_concerns.journey,
    world_concerns.reporting,
    world_concerns.team,
    world_concerns.agency,
    world_rooms.records,
    world_rooms.directory,
    world_rooms.policies,
    world_trust.files,
    world_trust.body_maps,
    world_trust.subject_access,
    world_trust.auditing,
    world_trust.accounts,
)


def make_world() -> World:
    """Make everything. Takes a few seconds; nothing is committed."""
    publish_version(shipped_document(), AT - timedelta(days=30))
    load_shipped(AT - timedelta(days=30))
    world = World(make_people())
    for part in PARTS:
        part(world)
    return world
