"""A mail server that takes everything and notes when: `python -m bench.sink PORT FILE`."""

from __future__ import annotations

import asyncio
import sys
import time
from email.parser import BytesHeaderParser
from pathlib import Path

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session


class Note:
    """Writes one line a message: seconds since 1970, and the Message-ID."""

    def __init__(self, file: Path) -> None:
        self.log = file.open("a", buffering=1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one message."""
        headers = BytesHeaderParser().parsebytes(envelope.original_content or b"")
        self.log.write(f"{time.time()} {headers['Message-ID']}\n")
        return "250 kept"


def main(port: int, file: Path) -> None:
    """Serve until the process is ended."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    controller = UnthreadedController(Note(file), hostname="127.0.0.1", port=port, loop=loop)
    controller.begin()
    loop.run_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
