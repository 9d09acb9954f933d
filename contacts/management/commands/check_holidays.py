"""`manage.py check_holidays`: an alarm while there is still a year to update the packages."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contacts.holidays import holidays_known_until, holidays_run_out


class Command(BaseCommand):
    """Fail when the known bank holidays end within a year. For a monitor; needs no database."""

    help = "Say until when bank holidays are known; fail when they end within a year."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the day, or fail."""
        until = holidays_known_until()
        if holidays_run_out(timezone.localdate()):
            raise CommandError(
                f"Bank holidays are known until {until} only. Update the “holidays” package and "
                "the years in contacts/holidays.py."
            )
        self.stdout.write(f"Bank holidays are known until {until}.")
