"""The world of the access table, made once for all tests of a module in a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from contacts import selectors as contact_selectors
from policies import selectors as policy_selectors
from tests.architecture.access_table import standing
from tests.architecture.world_base import World


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Stand the world up; each test takes back what it does."""
    snapshot: Path = tmp_path_factory.mktemp("world") / "snapshot.json"
    for kept in (contact_selectors._versions, policy_selectors._kept_state):
        kept.cache_clear()
    kept_files = {"CONTACTS_SNAPSHOT": snapshot, "FILES_ROOT": snapshot.parent / "files"}
    with django_db_blocker.unblock(), override_settings(**kept_files), standing() as made:
        yield made
    for kept in (contact_selectors._versions, policy_selectors._kept_state):
        kept.cache_clear()
