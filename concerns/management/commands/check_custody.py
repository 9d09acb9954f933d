"""`manage.py check_custody`: whether everything that was submitted is held, and statements fit."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from concerns.models import DailyStatement
from concerns.selectors.reconcile import custody_sum
from concerns.services.statement import first_broken


def moment(text: str) -> datetime:
    """Read a moment; raise `ValueError` for one without its zone, which could be another hour."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


class Command(BaseCommand):
    """Exit status 0: the sum balances and the chain of daily statements holds. 1: it says where."""

    help = "Reconcile the ledger of custody and check the chain of daily statements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the moment to look from: what stood still since a backup is not a gap of then."""
        parser.add_argument("--at", type=moment, help="a moment with its zone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, print, and fail when something is held by nobody or a statement was changed."""
        total = custody_sum(options["at"] or timezone.now())
        parts = ", ".join(f"{name} {number}" for name, number in total.numbers().items())
        self.stdout.write(f"Custody: {parts}")
        broken = first_broken(list(DailyStatement.objects.order_by("day")))
        if broken is not None:
            raise CommandError(f"The statement of {broken.day} is not what was written then.")
        if not total.balances:
            raise CommandError(
                f"Custody does not balance, gaps: {total.gaps}. See the custody page."
            )
