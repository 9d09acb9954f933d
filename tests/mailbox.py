"""A real IMAP server for tests, and the mail that mail servers and machines send back."""

from __future__ import annotations

import imaplib
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from tests.services import SmtpSink, free_port, wait_until

USER, PASSWORD = "demouser", "demopass"


class ImapServer:
    """Pymap with one empty mailbox, on loopback."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--no-tls", "dict", "--demo-data"]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)
        self.clear()

    @property
    def url(self) -> str:
        """Return the address as the setting has it."""
        return f"imap://{USER}:{PASSWORD}@127.0.0.1:{self.port}/INBOX"

    def _connect(self) -> imaplib.IMAP4:
        connection = imaplib.IMAP4("127.0.0.1", self.port)
        connection.login(USER, PASSWORD)
        connection.select("INBOX")
        return connection

    def _answers(self) -> bool:
        try:
            self._connect().logout()
        except OSError:
            return False
        return True

    def put(self, raw: bytes) -> None:
        """Deliver one mail."""
        connection = self._connect()
        connection.append("INBOX", "", None, raw)
        connection.logout()

    def clear(self) -> None:
        """Empty the mailbox."""
        connection = self._connect()
        connection.store("1:*", "+FLAGS", r"(\Deleted)")
        connection.expunge()
        connection.logout()

    def count(self, criterion: str) -> int:
        """Return how many mails fit an IMAP search."""
        connection = self._connect()
        _, found = connection.search(None, criterion)
        connection.logout()
        return len(found[0].split())

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait()


def dsn(
    message_id: str,
    action: str,
    status: str = "5.1.1",
    *,
    part: str = "text/rfc822-headers",
    subject: str = "Undelivered Mail Returned to Sender",
) -> bytes:
    """Return a delivery status notification as RFC 3464 has it."""
    lines = [
        "From: MAILER-DAEMON@mail.example.org",
        "To: portal@example.org",
        f"Subject: {subject}",
        "Date: Tue, 24 Nov 2026 12:10:00 +0000",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"',
        "",
        "--=_b",
        "Content-Type: text/plain",
        "",
        "This is the mail system. What became of your message stands below.",
        "",
        "--=_b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mail.example.org",
        "",
        "Final-Recipient: rfc822; front-door@example.org",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--=_b",
        f"Content-Type: {part}",
        "",
        f"Message-ID: {message_id}",
        "Subject: Referral",
        "",
        "",
        "--=_b--",
        "",
    ]
    return "\r\n".join(lines).encode()


def reply(message_id: str, body: str = "Thank you.", **headers: str) -> bytes:
    """Return a mail that answers one of ours."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "front-door@example.org", "Re: referral"
    mail["In-Reply-To"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


class BouncingSink(SmtpSink):
    """A mail server that takes everything, and sends a report about it to the mailbox."""

    def __init__(self, imap: ImapServer, action: str = "failed", status: str = "5.1.1") -> None:
        super().__init__()
        self.imap, self.action, self.status = imap, action, status

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the mail as the sink does, then report."""
        answer = await super().handle_DATA(server, session, envelope)
        self.imap.put(dsn(str(self.messages[-1]["Message-ID"]), self.action, self.status))
        return answer
