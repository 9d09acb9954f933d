"""`manage.py scim_token new NAME | list | revoke ID`: keys for the council's directory."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from safeguarding_portal.accounts.models import DirectoryToken
from safeguarding_portal.accounts.scim.tokens import new_token, revoke_token


class Command(BaseCommand):
    """Make, list and end keys; two may be valid at once, for changing one for the next."""

    help = "Make, list or revoke a bearer token for SCIM."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do, and with which key."""
        parser.add_argument("act", choices=("new", "list", "revoke"))
        parser.add_argument("which", nargs="?", default="", help="a name, or the id to revoke")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        now, which = timezone.now(), options["which"]
        if options["act"] == "new":
            token, secret = new_token(which[:60] or "directory", now)
            self.stdout.write(f"{secret}  (number {token.pk}, until {token.expires_at:%d %B %Y})")
        elif options["act"] == "list":
            for token in DirectoryToken.objects.all():
                is_valid = token.revoked_at is None and token.expires_at > now
                state = f"until {token.expires_at:%d %B %Y}" if is_valid else "over"
                used = f"{token.last_used_at:%d %B %Y %H:%M}" if token.last_used_at else "never"
                self.stdout.write(f"{token.pk}  {token.name}  {state}  last used: {used}")
        else:
            try:
                revoke_token(int(which), now)
            except (ValueError, DirectoryToken.DoesNotExist) as error:
                raise CommandError("Give the number of a valid token; see: list.") from error
            self.stdout.write("Revoked.")
