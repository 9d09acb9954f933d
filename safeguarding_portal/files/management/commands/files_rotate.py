"""Wrap the keys of all files under the current master key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from safeguarding_portal.files.rotating import rotate


class Command(BaseCommand):
    """`manage.py files_rotate`: run it after a new key was put first in FILES_KEYS."""

    help = "Wrap the key of every file under the first of FILES_KEYS; no file is read or written."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say what was done and what could not be."""
        done = rotate()
        self.stdout.write(f"{done.wrapped} keys wrapped under {done.key_id}.")
        if done.unreadable:
            self.stderr.write(f"{done.unreadable} keys could not be unwrapped: keep the old keys.")
            raise SystemExit(1)
