"""A published directory, and two people who may edit it."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from contacts.models import DirectoryVersion
from contacts.services import publish_version
from contacts.snapshot import SHIPPED, read_versions
from safeguarding_portal.accounts.models import Role, User
from tests.factories import give_role, make_user

# A Tuesday, long before the versions of any test begin.
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def shipped_document() -> dict[str, Any]:
    """Return the shipped document, to be changed at will."""
    return copy.deepcopy(read_versions(SHIPPED)[0])


def line_of(document: dict[str, Any], slug: str) -> dict[str, Any]:
    """Return a line of a document, to be changed in place."""
    found: dict[str, Any] = next(line for line in document["lines"] if line["slug"] == slug)
    return found


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def published(db: None, settings: Any, tmp_path: Path) -> DirectoryVersion:
    """Publish the shipped directory into a snapshot file of the test's own."""
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    return publish_version(shipped_document(), NOW)


@pytest.fixture
def editor(db: None) -> User:
    """Return a directory editor."""
    user = make_user(full_name="Tess Editor")
    give_role(user, Role.DIRECTORY_EDITOR)
    return user


@pytest.fixture
def second(db: None) -> User:
    """Return another directory editor."""
    user = make_user(full_name="Sol Second")
    give_role(user, Role.DIRECTORY_EDITOR)
    return user
