"""`manage.py backup FOLDER`: one folder with all that must come back."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from safeguarding_portal.backup import BackupError, make_backup


class Command(BaseCommand):
    """May run while the portal serves: the dump is of one moment."""

    help = "Back the database and the files up into a new folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to."""
        parser.add_argument("folder", type=Path, help="a folder that is not there yet")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say up to which seal of the audit trail."""
        try:
            manifest = make_backup(options["folder"], timezone.now())
        except BackupError as fault:
            raise CommandError(str(fault)) from fault
        for name in manifest.files_gone:
            self.stdout.write(f"File {name} was not there: destroyed meanwhile, or lost.")
        self.stdout.write(
            f"{options['folder']}: up to seal {manifest.seal}, with {len(manifest.files)} sealed "
            "files. Encrypt it."
        )
