"""`manage.py index_concerns`: let older concerns be found by the search box."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from concerns.services.search_index import index_missing


class Command(BaseCommand):
    """Writes the search documents that are not there yet; run it after an upgrade, or again."""

    help = "Write the search documents that are not there yet."

    def handle(self, *args: Any, **options: Any) -> None:
        """Index in batches, each a transaction of its own."""
        count = index_missing()
        if count or options["verbosity"]:
            self.stdout.write(f"{count} concerns can now be found by their words.")
