"""`manage.py audit_verify`: prove that the audit trail is what was sealed, or say where not."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from safeguarding_portal.audit.chain import public_key_text
from safeguarding_portal.audit.checks import keep_verdict
from safeguarding_portal.audit.models import TrailCheck
from safeguarding_portal.audit.verifying import compared, verify


class Command(BaseCommand):
    """Exit status 0: all that is sealed holds. 1: what does not is printed, a line each."""

    help = "Check every audit event against the signed seals, and the seals against their copy."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where the copy of the seals lies, and the moment from which to look."""
        parser.add_argument("--copy", help="the file with the copy of the seals")
        parser.add_argument("--at", type=datetime.fromisoformat, help="a moment with its zone")
        parser.add_argument("--digest", help="SEAL:DIGEST, as a message with a copy says it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, print, and fail when something is wrong."""
        copy = options["copy"] or settings.AUDIT_SEAL_COPY
        now = options["at"] or timezone.now()
        verdict = verify(now, Path(copy) if copy else None)
        if options["digest"]:
            verdict = compared(verdict, options["digest"])
        # Looking back, as after a restore, is no check of today.
        if options["at"] is None:
            keep_verdict(TrailCheck(asked_at=now), verdict, now, by="command")
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict), indent=1))
        else:
            for finding in verdict.findings:
                self.stdout.write(f"{finding.code}: {finding.where}. {finding.words}")
            self.stdout.write(
                f"{verdict.events} events, {verdict.seals} seals, {verdict.unsealed} not sealed "
                f"yet; key {public_key_text()}"
            )
        if verdict.findings:
            raise CommandError(f"The audit trail does not hold: {len(verdict.findings)} findings.")
