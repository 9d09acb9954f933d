"""`manage.py audit_check_export FILE`: whether an evidence file is what the portal sealed."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from safeguarding_portal.audit.chain import public_key_text
from safeguarding_portal.audit.evidence_check import check_text


class Command(BaseCommand):
    """Exit status 0: every sealed event in it is proved. 1: what is not is printed."""

    help = "Check an evidence file that was taken out of the portal. Needs no database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, and the key if it is not this portal's present one."""
        parser.add_argument("file", help="the evidence file (JSON)")
        parser.add_argument("--key", help="the public key, base64; else that of this portal")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print, and fail when something is wrong."""
        try:
            text = Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}") from error
        result = check_text(text, options["key"] or public_key_text())
        for problem in result.problems:
            self.stdout.write(problem)
        self.stdout.write(f"{result.events} events, {result.unsealed} of them not sealed yet")
        if result.problems:
            raise CommandError("The file is not proved.")
