"""Fetching bounces and replies from the mailbox that the portal sends from (IMAP).

Each mail is read once: `\\Seen` is set after its report is kept, and the digest of the mail makes a
second reading harmless. What no machine wrote is also `\\Flagged`: a person must read it, in the
mailbox, for the portal keeps no text of it.
"""

from __future__ import annotations

import imaplib
import logging
import ssl
from contextlib import suppress
from datetime import datetime
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings

from safeguarding_portal.outbox.models import Receipt
from safeguarding_portal.outbox.receipts import NewReceipt, take_receipt
from safeguarding_portal.outbox.reports import REPLY, read_report

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 20
# A report is small; of anything larger the beginning is enough.
MOST_BYTES = 1_000_000
BATCH = 100
IMAP_PORT, IMAPS_PORT = 143, 993
LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def poll_mailbox(now: datetime) -> int:
    """Take every unread report; return how many were new. Nothing happens without a mailbox.

    A mailbox that is away is logged, and asked again at the next poll.
    """
    if not settings.RECEIPTS_IMAP_URL:
        return 0
    try:
        connection = connect(settings.RECEIPTS_IMAP_URL)
    except (OSError, imaplib.IMAP4.error) as error:
        logger.warning("the mailbox for reports is away: %s", type(error).__name__)
        return 0
    taken = 0
    try:
        for uid in _unread(connection):
            taken += _take(connection, uid, now)
    except (OSError, imaplib.IMAP4.error) as error:
        logger.warning("the mailbox for reports went away: %s", type(error).__name__)
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            connection.logout()
    return taken


def connect(url: str) -> imaplib.IMAP4:
    """Sign in and open the folder of an address (`imaps://user:password@host/INBOX`).

    Raises `imaplib.IMAP4.error` for a wrong password, a folder that is not there, or an address
    without encryption that is not on this machine.
    """
    where = urlsplit(url)
    host = where.hostname or ""
    if where.scheme == "imaps":
        # Without a context of ours imaplib would believe any certificate.
        connection: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            host,
            where.port or IMAPS_PORT,
            ssl_context=ssl.create_default_context(),
            timeout=TIMEOUT_SECONDS,
        )
    elif host in LOOPBACK:
        connection = imaplib.IMAP4(host, where.port or IMAP_PORT, timeout=TIMEOUT_SECONDS)
    else:
        raise imaplib.IMAP4.error("a mailbox elsewhere needs imaps://")
    try:
        _open(connection, where)
    except (OSError, imaplib.IMAP4.error):
        connection.shutdown()
        raise
    return connection


def _open(connection: imaplib.IMAP4, where: SplitResult) -> None:
    folder = unquote(where.path.lstrip("/")) or "INBOX"
    connection.login(unquote(where.username or ""), unquote(where.password or ""))
    if connection.select(f'"{folder}"')[0] != "OK":
        raise imaplib.IMAP4.error("there is no such folder")


def _unread(connection: imaplib.IMAP4) -> list[str]:
    _, found = connection.uid("SEARCH", "UNSEEN")
    return [uid.decode() for uid in (found[0] or b"").split()[:BATCH]]


def _take(connection: imaplib.IMAP4, uid: str, now: datetime) -> bool:
    """Read one mail, keep its report, then mark it as read; the network waits for no lock."""
    _, parts = connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    try:
        report = read_report(raw)
    except Exception as error:
        # Anybody can write to this address: one mail must not hold up the others for good.
        logger.error("a mail cannot be read: %s", type(error).__name__)  # noqa: TRY400
        report = None
    is_new = report is not None and take_receipt(
        NewReceipt(
            source=Receipt.Source.MAILBOX,
            kind=report.kind,
            dedupe_key=f"mail:{report.digest}",
            ids=report.ids,
            code=report.code,
            happened_at=report.happened_at,
        ),
        now,
    )
    by_a_person = report is None or report.kind == REPLY
    connection.uid(
        "STORE", uid, "+FLAGS.SILENT", r"(\Seen \Flagged)" if by_a_person else r"(\Seen)"
    )
    return is_new
