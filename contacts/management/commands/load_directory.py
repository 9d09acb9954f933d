"""`manage.py load_directory`: publish the directory that ships with the portal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from contacts.directory import DirectoryGapError
from contacts.services import publish_version
from contacts.snapshot import SHIPPED, read_versions


class Command(BaseCommand):
    """Load every version of a directory file; versions that are there already stay as they are."""

    help = "Publish the versions of a directory file (the shipped one if none is named)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another file, if wanted."""
        parser.add_argument("file", nargs="?", default=str(SHIPPED))

    def handle(self, *args: Any, **options: Any) -> None:
        """Publish."""
        try:
            for document in read_versions(Path(options["file"])):
                publish_version(document, timezone.now())
        except (OSError, KeyError, ValueError, DirectoryGapError) as error:
            raise CommandError(f"The directory was not loaded: {error}") from error
        if options["verbosity"]:
            self.stdout.write("The directory is loaded.")
