"""`manage.py sign_in_code EMAIL`: let one person in while the council's sign-in is away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse
from django.utils import timezone

from safeguarding_portal.accounts.memberships import PeopleError
from safeguarding_portal.accounts.sign_in_codes import VALID_FOR, make_code


class Command(BaseCommand):
    """Make a code that works once; the corporate lead is told."""

    help = "Make a sign-in code for one person. It is recorded, and the corporate lead is told."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the code and where to type it."""
        try:
            code = make_code(options["email"], timezone.now())
        except PeopleError as refusal:
            raise CommandError(f"{refusal}.") from refusal
        minutes = int(VALID_FOR.total_seconds() // 60)
        self.stdout.write(f"{code}  (once, within {minutes} minutes)")
        self.stdout.write(f"{settings.PORTAL_URL}{reverse('sign_in_code')}")
