"""`manage.py undelivered`: messages that failed, and those that are late. No address is printed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.selectors import failed_messages, late_messages

SHOWN = 100


class Command(BaseCommand):
    """List what has not arrived; with nothing to list, say so."""

    help = "List messages that failed for good, and messages that wait for more than ten minutes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each message, the most recent failures first, then what is late."""
        late, failed = late_messages(timezone.now()), failed_messages()
        for message in [*failed[:SHOWN], *late[:SHOWN]]:
            self.stdout.write(_line(message))
        self.stdout.write(f"{failed.count()} failed, {late.count()} late.")


def _line(message: Message) -> str:
    created = timezone.localtime(message.created_at)
    return (
        f"{message.public_id} {message.status} P{message.priority} {message.kind}"
        f" {message.agency_slug or '-'} since {created:%d %b %Y %H:%M},"
        f" {message.attempts} tries: {message.last_error or 'not tried yet'}"
    )
