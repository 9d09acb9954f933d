"""`manage.py invite EMAIL`: invite the first people of an installation, from the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from safeguarding_portal.accounts.models import Invitation, Role, Team
from safeguarding_portal.accounts.selectors import open_invitation
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

VALID_FOR = timedelta(days=14)


class Command(BaseCommand):
    """Make an invitation and announce it; who signs up proves the address with a code."""

    help = "Invite a person, with a role if they need one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, the name, and what the person may do."""
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--role", choices=Role.values, default="", help="none: may report")
        parser.add_argument("--team", default="", help="slug of a team; leads need one")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Invite, or say why not."""
        email, now = options["email"].lower(), timezone.now()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"'{email}' is not an e-mail address.") from error
        if open_invitation(email, now):
            raise CommandError("This address has an open invitation already.")
        team = Team.objects.filter(slug=options["team"]).first()
        if options["role"] in {Role.LEAD, Role.TRIAGE_MANAGER} and team is None:
            known = ", ".join(Team.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"This role needs --team. Known: {known}.")
        invitation = Invitation.objects.create(
            email=email,
            full_name=options["name"],
            role=options["role"],
            team=team,
            created_at=now,
            expires_at=now + VALID_FOR,
        )
        enqueue_many(
            [
                NewMessage(
                    kind="invitation",
                    channel="email",
                    recipient=email,
                    template="invitation",
                    context={"link": reverse("account_signup"), "days": str(VALID_FOR.days)},
                    dedupe_key=f"invitation:{invitation.pk}",
                    subject_type="account",
                )
            ]
        )
        self.stdout.write(f"{email} is invited for {VALID_FOR.days} days.")
