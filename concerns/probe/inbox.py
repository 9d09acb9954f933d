"""Reading the mailbox of the synthetic concern: over IMAP, or the folder of the demo's inbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes, policy
from imaplib import IMAP4
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from safeguarding_portal.outbox.mailbox import connect

CODE = re.compile(r"\b\d{6}\b")


class InboxError(RuntimeError):
    """The mailbox cannot be read."""


def link_in(mails: list[str], reference: str) -> str:
    """Return the path of the agency's link in the mail about this concern; empty if none came."""
    path = re.escape(reverse("concerns:agency:referral", args=["SECRET"]))
    found = re.compile(re.escape(settings.PORTAL_URL) + f"({path})".replace("SECRET", r"[^/\s]+"))
    about = (found.search(mail) for mail in mails if reference in mail)
    return next((match.group(1) for match in about if match), "")


def code_in(mails: list[str], reference: str) -> str:
    """Return the one-time code in the mail about this concern; empty if none came."""
    codes = [match for mail in mails if reference in mail for match in CODE.findall(mail)]
    return codes[-1] if codes else ""


def mails_since(moment: datetime) -> list[str]:
    """Return the texts of the mails that came at or after `moment` (aware), oldest first.

    Raises `InboxError` when the mailbox is away.
    """
    where = urlsplit(settings.PROBE_INBOX_URL)
    try:
        raw = (
            _from_folder(Path(where.path), moment) if where.scheme == "file" else _from_imap(moment)
        )
        return [_text(mail) for mail in raw]
    except (OSError, IMAP4.error) as fault:
        raise InboxError(f"the mailbox is away: {type(fault).__name__}") from fault


def _from_folder(folder: Path, moment: datetime) -> Iterator[bytes]:
    for file in sorted(folder.glob("*.eml")):
        if file.stat().st_mtime >= moment.timestamp():
            yield file.read_bytes()


def _from_imap(moment: datetime) -> list[bytes]:
    """Read what is of that day or later; IMAP asks by days only, the reference does the rest."""
    connection = connect(settings.PROBE_INBOX_URL)
    try:
        _, found = connection.uid("SEARCH", "SINCE", f"{moment:%d-%b-%Y}")
        mails = []
        for uid in (found[0] or b"").decode().split():
            _, parts = connection.uid("FETCH", uid, "(BODY.PEEK[])")
            mails += [part[1] for part in parts if isinstance(part, tuple)]
        return mails
    finally:
        with suppress(OSError, IMAP4.error):
            connection.logout()


def _text(raw: bytes) -> str:
    mail = message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    return f"{mail['Subject']}\n\n{body.get_content() if body else ''}"
