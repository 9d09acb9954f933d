"""`manage.py close_leavers FILE`: close the accounts of people who have left, from a list."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from safeguarding_portal.accounts.feed import apply_leavers, plan_leavers
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.models import Source
from safeguarding_portal.accounts.roster import RosterError


class Command(BaseCommand):
    """Say whose accounts a list would close; close them with --apply."""

    help = "Close the accounts of people who have left, from a CSV list ('-' reads standard input)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the list and what it names."""
        parser.add_argument("file")
        parser.add_argument(
            "--everybody", action="store_true", help="the list names everybody who works here"
        )
        parser.add_argument("--apply", action="store_true", help="close them, do not only say")
        parser.add_argument(
            "--even-many", action="store_true", help="also if that is more than a fifth of all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what would happen, and with --apply do it."""
        try:
            text = (
                sys.stdin.read()
                if options["file"] == "-"
                else Path(options["file"]).read_text("utf-8-sig")
            )
            plan = plan_leavers(text, everybody=options["everybody"])
        except (OSError, UnicodeDecodeError, RosterError) as error:
            raise CommandError(f"The list cannot be used: {error}") from error
        self.stdout.write(
            f"{len(plan.close)} of {plan.accounts} accounts to close; "
            f"{len(plan.unknown)} lines name nobody with an open account."
        )
        for user in plan.close:
            self.stdout.write(f"  {user.email}")
        if not options["apply"]:
            return
        if plan.is_many and not options["even_many"]:
            raise CommandError("That is more than a fifth. Check the list, or give --even-many.")
        count = apply_leavers(plan, By(Source.FEED), timezone.now())
        self.stdout.write(f"{count} closed.")
