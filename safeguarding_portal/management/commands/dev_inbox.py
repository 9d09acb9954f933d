"""`manage.py dev_inbox`: a mail server on loopback that keeps what it receives under var/inbox/."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone


class Keep:
    """Writes each message to a file of its own, and prints only that it came."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one message."""
        self.count += 1
        name = f"{timezone.now():%Y%m%d-%H%M%S}-{self.count:04}.eml"
        content = envelope.original_content or b""
        (self.folder / name).write_bytes(content)
        print(f"message {name} for {len(envelope.rcpt_tos)} recipient(s)", flush=True)
        return "250 kept"


class Command(BaseCommand):
    """Take mail on loopback, for one machine only."""

    help = "Receive the portal's e-mail on this machine and keep it under var/inbox/."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve until told to stop. Only in demo mode: it accepts everything."""
        if not settings.IS_DEMO:
            raise CommandError("dev_inbox runs only with PORTAL_MODE=demo.")
        folder = settings.BASE_DIR / "var" / "inbox"
        folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        controller = UnthreadedController(
            Keep(folder), hostname="127.0.0.1", port=settings.EMAIL_PORT, loop=loop
        )
        controller.begin()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, loop.stop)
        loop.run_forever()
        controller.end()
