"""`manage.py restore FOLDER`: bring a backup back into an empty database, and prove it whole."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from safeguarding_portal.backup import BackupError, restore_backup

# Each fails, and says where, when what came back is not whole as of when the backup was made.
PROOFS = ("audit_verify", "check_custody")


class Command(BaseCommand):
    """All of it or nothing; then the rights of the portal's role, the audit chain, the custody."""

    help = "Restore a backup into an empty database and check what came back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where from."""
        parser.add_argument("folder", type=Path, help="a folder that `backup` wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore, grant, prove; an exit status other than 0 means: do not open the doors."""
        try:
            manifest = restore_backup(options["folder"])
        except BackupError as fault:
            raise CommandError(str(fault)) from fault
        call_command("grant_app_role")
        for proof in PROOFS:
            call_command(proof, at=datetime.fromisoformat(manifest.made_at), stdout=self.stdout)
        self.stdout.write(f"Restored the backup of {manifest.made_at}, seal {manifest.seal}.")
