"""`manage.py invite EMAIL`: invite the first people of an installation, from the command line."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

from safeguarding_portal.accounts.models import Role, Team
from safeguarding_portal.accounts.services import (
    INVITATION_VALID_FOR,
    InvitationError,
    Invitee,
    invite,
)


class Command(BaseCommand):
    """Make an invitation and announce it; who signs up proves the address with a code."""

    help = "Invite a person, with a role if they need one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address, the name, and what the person may do."""
        parser.add_argument("email")
        parser.add_argument("--name", default="", help="full name")
        parser.add_argument("--role", choices=Role.values, default="", help="none: may report")
        parser.add_argument("--team", default="", help="slug of a team; leads need one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Invite, or say why not."""
        email = options["email"].lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"'{email}' is not an e-mail address.") from error
        team = Team.objects.filter(slug=options["team"], is_active=True).first()
        if team is None and (options["team"] or options["role"] in Role.of_a_team()):
            known = ", ".join(Team.objects.values_list("slug", flat=True)) or "none yet"
            raise CommandError(f"Name the team with --team. Known: {known}.")
        invitee = Invitee(email, options["name"], role=options["role"], team=team)
        try:
            invite(None, invitee, timezone.now())
        except InvitationError as refusal:
            raise CommandError(f"{refusal}.") from refusal
        self.stdout.write(f"{email} is invited for {INVITATION_VALID_FOR.days} days.")
