"""Files that belong to a concern's record, wherever they are stored, for disposal to destroy.

A room with files names its store in `settings.DISPOSAL_FILE_STORES`: the dotted path of an object
with the two functions of `FileStore`. Disposal asks for the keys while the rows still stand, and
destroys after the rows are gone for good; what a crash leaves is destroyed at the next run.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class FileStore(Protocol):
    """What a room with files offers."""

    def keys_of(self, concern_id: int, report_id: int | None) -> Sequence[str]:
        """Return the keys of the concern's files and, if given, of those of its report."""

    def destroy(self, keys: Sequence[str]) -> None:
        """Remove the bytes behind these keys; a key that is not there is no fault."""


def stores() -> dict[str, FileStore]:
    """Return every store by its name."""
    return {name: import_string(name) for name in settings.DISPOSAL_FILE_STORES}


def files_of(concern_id: int, report_id: int | None) -> dict[str, list[str]]:
    """Return the keys to destroy by store; stores without any are left out."""
    found = {name: list(store.keys_of(concern_id, report_id)) for name, store in stores().items()}
    return {name: keys for name, keys in found.items() if keys}


def destroy_files(left: dict[str, list[str]]) -> None:
    """Destroy the files behind these keys. Raises what a store raises: then it is tried again."""
    known = stores()
    for name, keys in left.items():
        known[name].destroy(keys)
