"""Reset a person's second factor from the command line, when nobody in the portal can."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from safeguarding_portal.accounts.factors import Reason, reset_factors
from safeguarding_portal.accounts.models import User


class Command(BaseCommand):
    """For the only corporate lead who lost everything; recorded as done from the command line."""

    help = "Take a person's second factors away, end their sessions, and tell them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the address and the reason."""
        parser.add_argument("email")
        parser.add_argument("--reason", choices=Reason.values, default=Reason.LOST.value)

    def handle(self, *args: Any, **options: Any) -> None:
        """Reset it, or say that there is no such person."""
        user = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if user is None:
            raise CommandError("Nobody with this address can sign in.")
        reset_factors(None, user, Reason(options["reason"]), timezone.now())
        self.stdout.write("They sign in with their password and set up a new second factor.")
