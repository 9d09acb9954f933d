"""`manage.py prepare`: all that must be true of the database before the portal starts.

One process for every step, so that a start takes seconds. Safe to run at each start and while the
previous release serves.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("migrate", {"database": "owner"}),
    ("grant_app_role", {}),
    ("index_concerns", {}),
    ("load_directory", {}),
    ("load_policies", {}),
)


class Command(BaseCommand):
    """Migrate, grant, load the directory and the policies; in demo mode the demo people too."""

    help = "Bring database, directory and policies up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps in order; the first that fails stops the start."""
        for name, values in STEPS:
            call_command(name, verbosity=0, **values)
        if settings.IS_DEMO:
            call_command("demo_people", verbosity=0)
