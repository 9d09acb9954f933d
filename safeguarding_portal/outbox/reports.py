"""Reading what mail servers and mailboxes send back. Pure: bytes in, a report out.

Delivery status notifications are RFC 3464 (inside a multipart/report, RFC 6522), read receipts are
RFC 8098, automatic replies are marked as RFC 3834 asks. Nothing of the text is kept: it may quote
names. Whoever forges a report can at most make us ring once more, or show "delivered": no report is
ever an acceptance.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message as Mail
from email.utils import parsedate_to_datetime
from uuid import UUID

DELIVERED, DELAYED, FAILED = "delivered", "delayed", "failed"
AUTO_REPLY, REPLY = "auto_reply", "reply"
# RFC 3464, section 2.3.3. "relayed" and "expanded" say that it went on, not that it arrived.
ACTIONS = {"failed": FAILED, "delayed": DELAYED, "delivered": DELIVERED}
# The worst that is said of any recipient counts: one message of ours has one recipient.
GRAVITY = (FAILED, DELAYED, DELIVERED)
# A long conversation names every mail before it; ours is the first or the last.
MOST_IDS = 50
_OUR_ID = re.compile(r"<?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:@|>|\Z)")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")
_AUTOMATIC_PRECEDENCE = {"auto_reply", "bulk", "junk"}


@dataclass(frozen=True)
class Report:
    """One thing that was reported about one message of ours."""

    kind: str
    # Every Message-ID that it names, ours among them.
    ids: tuple[str, ...]
    code: str
    happened_at: datetime | None
    digest: str


def read_report(raw: bytes) -> Report | None:
    """Return what a mail reports about a message of ours; None when it is about none.

    A mail that answers a message and is no automatic reply is a `REPLY`: a person wrote it, so
    somebody must read it, and it still accepts nothing.
    """
    mail = message_from_bytes(raw)
    digest = hashlib.sha256(raw).hexdigest()
    statuses = _delivery_statuses(mail)
    if statuses:
        ids = [*_original_ids(mail), *_headers(mail, "In-Reply-To", "References")]
        kind, code = _gravest(statuses)
        return _report(kind, code, ids, mail, digest) if kind else None
    ids = _headers(mail, "In-Reply-To", "References", "Original-Message-ID")
    if _part(mail, "message/disposition-notification") is not None:
        ids += _original_ids(mail)
        return _report(AUTO_REPLY, "", ids, mail, digest)
    kind = AUTO_REPLY if is_automatic(mail) else REPLY
    return _report(kind, "", ids, mail, digest)


def is_automatic(mail: Mail) -> bool:
    """Whether a machine wrote it: an out-of-office note, a robot's thanks (RFC 3834, section 5)."""
    said = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        said != "no"
        or precedence in _AUTOMATIC_PRECEDENCE
        or any(header in mail for header in _AUTOMATIC_HEADERS)
        or str(mail.get("Return-Path", "")).strip() == "<>"
    )


def our_id(text: str) -> UUID | None:
    """Return our own id out of a Message-ID, or None."""
    found = _OUR_ID.search(text)
    return UUID(found.group(1)) if found else None


def _report(kind: str, code: str, ids: list[str], mail: Mail, digest: str) -> Report | None:
    if not ids:
        return None
    known = tuple(dict.fromkeys(item[:100] for item in ids))[:MOST_IDS]
    return Report(kind, known, code, _date(mail), digest)


def _part(mail: Mail, content_type: str) -> Mail | None:
    return next((part for part in mail.walk() if part.get_content_type() == content_type), None)


def _delivery_statuses(mail: Mail) -> list[Mail]:
    """Return the per-recipient blocks of a delivery status notification."""
    part = _part(mail, "message/delivery-status")
    blocks = part.get_payload() if part is not None else []
    if not isinstance(blocks, list):
        return []
    return [block for block in blocks if isinstance(block, Mail) and "Action" in block]


def _gravest(statuses: list[Mail]) -> tuple[str, str]:
    found: dict[str, str] = {}
    for block in statuses:
        action = ACTIONS.get(str(block["Action"]).strip().lower())
        code = _STATUS.search(str(block.get("Status", "")))
        if action:
            found.setdefault(action, code.group(1) if code else "")
    kind = next((kind for kind in GRAVITY if kind in found), "")
    return kind, found.get(kind, "")


def _original_ids(mail: Mail) -> list[str]:
    """Return the Message-ID of the mail that a report gives back, whole or its headers only."""
    whole = _part(mail, "message/rfc822")
    if whole is not None:
        inner = whole.get_payload(0) if whole.is_multipart() else None
        return _headers(inner, "Message-ID") if isinstance(inner, Mail) else []
    only_headers = _part(mail, "text/rfc822-headers")
    if only_headers is not None:
        text = only_headers.get_payload(decode=True)
        return _headers(message_from_bytes(text), "Message-ID") if isinstance(text, bytes) else []
    notification = _part(mail, "message/disposition-notification")
    blocks = notification.get_payload() if notification is not None else []
    return [
        found
        for block in (blocks if isinstance(blocks, list) else [])
        if isinstance(block, Mail)
        for found in _headers(block, "Original-Message-ID")
    ]


def _headers(mail: Mail, *names: str) -> list[str]:
    """Return the ids in these headers, each without blanks."""
    return [
        item
        for name in names
        for value in mail.get_all(name, [])
        for item in str(value).split()
        if item.isprintable()
    ]


def _date(mail: Mail) -> datetime | None:
    """Return when the report says it was written (aware); None when it does not say."""
    try:
        found = parsedate_to_datetime(str(mail["Date"]))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None
