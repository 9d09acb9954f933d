"""What an agency's person does through the link in a message: open, accept, return.

The link alone shows nothing. A one-time code goes to the agency's own mailbox; who can type it
reads that mailbox. Accepting is a POST with a name, because mail scanners follow links.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from concerns.models import AgencyCode, Concern, LegEvent, Referral
from concerns.services.custody import Acceptance, end_referral
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import settle
from concerns.services.legs import note_on_leg
from concerns.services.notices import tell_caseworkers
from concerns.services.routing import hash_secret, mailbox_for
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

CODE_VALID_FOR = timedelta(minutes=15)
CODE_TRIES = 5
# A mailbox is not a bell: at most this many codes an hour for one referral.
CODES_AN_HOUR = 6
# After so many wrong codes in an hour, over all codes of one referral, no code opens it.
WRONG_AN_HOUR = 15
TOO_MANY = "Too many wrong codes were typed. Wait an hour, or ring us."


def fate_of_link(secret: str, now: datetime) -> str:
    """Say why a link opens nothing: "withdrawn", "expired", or "unknown". No more than that."""
    found = Referral.objects.filter(link_hash=hash_secret(secret)).first()
    if found is None:
        return "unknown"
    return "withdrawn" if found.state == Referral.State.WITHDRAWN else "expired"


def find_referral(secret: str, now: datetime) -> Referral | None:
    """Return the referral of a link, or None when the link is wrong, expired or withdrawn."""
    return (
        Referral.objects.select_related("concern__report")
        .filter(link_hash=hash_secret(secret), link_expires_at__gt=now)
        .exclude(state=Referral.State.WITHDRAWN)
        .first()
    )


@transaction.atomic
def record_look(referral: Referral) -> None:
    """Record that the agency's person reads the referral, before the page is shown."""
    _record(referral, "referral.viewed")


@transaction.atomic
def send_code(referral_id: int, now: datetime) -> None:
    """Send a new one-time code to the agency's mailbox, and nowhere else.

    Raises `NotAllowedError` when too many were asked for, or the agency has no mailbox.
    """
    referral = _lock(referral_id)
    recent = referral.codes.filter(created_at__gt=now - timedelta(hours=1)).count()
    mailbox = mailbox_for(referral.concern, referral.agency_slug, now)
    if recent >= CODES_AN_HOUR or mailbox is None:
        raise NotAllowedError("We cannot send another code now. Use the last one, or ring us.")
    code = f"{secrets.randbelow(10**6):06d}"
    row = AgencyCode.objects.create(
        referral=referral,
        code_hash=_code_hash(referral, code),
        created_at=now,
        expires_at=now + CODE_VALID_FOR,
    )
    enqueue_many(
        [
            NewMessage(
                kind="referral_code",
                channel="email",
                recipient=mailbox,
                agency_slug=referral.agency_slug,
                template="referral_code",
                context={"reference": referral.concern.reference, "code": code},
                dedupe_key=f"code:{row.pk}",
                priority=1,
                subject_type="agency_code",
                subject_id=str(row.pk),
            )
        ]
    )
    note_on_leg(referral, LegEvent.Kind.CODE_SENT, now, evidence=f"code:{row.pk}")
    _record(referral, "referral.code_sent")


@transaction.atomic
def open_with_code(referral_id: int, code: str, now: datetime) -> bool:
    """Spend a code; true when it was right, and then the referral counts as opened.

    Only the newest code counts, once, within 15 minutes and five tries. Raises `NotAllowedError`
    after too many wrong ones in an hour.
    """
    referral = _lock(referral_id)
    lately = referral.codes.filter(created_at__gt=now - timedelta(hours=1), used_at=None)
    if (lately.aggregate(tries=Sum("tries"))["tries"] or 0) >= WRONG_AN_HOUR:
        raise NotAllowedError(TOO_MANY)
    newest = referral.codes.first()
    if newest is None or newest.used_at or newest.expires_at <= now or newest.tries >= CODE_TRIES:
        return False
    newest.tries += 1
    typed = "".join(code.split())
    right = secrets.compare_digest(newest.code_hash, _code_hash(referral, typed))
    if right:
        newest.used_at = now
        referral.opened_at = referral.opened_at or now
        if referral.state == Referral.State.SENT:
            referral.state = Referral.State.OPENED
        referral.save()
        settle(referral.concern)
    newest.save()
    if not right:
        note_on_leg(referral, LegEvent.Kind.CODE_WRONG, now, evidence=f"code:{newest.pk}")
    _record(referral, "referral.opened" if right else "referral.code_wrong")
    return right


@transaction.atomic
def accept_by_link(referral_id: int, person: Acceptance, now: datetime) -> Referral:
    """End our custody: a named person of the agency took it. Raises `ConflictError` if ended."""
    referral = _lock(referral_id)
    end_referral(referral, Referral.State.ACCEPTED, person, "link")
    referral.save()
    _record(referral, "referral.accepted", via="link")
    settle(referral.concern)
    return referral


@transaction.atomic
def return_by_link(referral_id: int, person: Acceptance, reason: str, now: datetime) -> Referral:
    """Give the referral back to the council with a reason; the leads are told at once.

    A returned referral stays open and rings at once: nobody has the person now.
    """
    referral = _lock(referral_id)
    if referral.state == Referral.State.RETURNED:
        raise ConflictError("Someone in your team has returned this already.")
    if not reason.strip():
        raise NotAllowedError("Write why you are returning it, and who should have it if you know.")
    end_referral(referral, Referral.State.RETURNED, person, "link")
    referral.returned_reason = reason
    referral.escalate_at = now if referral.concern.priority < 4 else None
    referral.save()
    _record(referral, "referral.returned")
    tell_caseworkers(
        referral.concern, ("owner", "lead"), "referral_returned", str(referral.pk), now
    )
    settle(referral.concern)
    return referral


def _lock(referral_id: int) -> Referral:
    """Lock the concern, then read its referral: the order that every service keeps."""
    concern = Concern.objects.select_for_update(of=("self",)).get(referrals=referral_id)
    referral = concern.referrals.get(pk=referral_id)
    referral.concern = concern
    if referral.state == Referral.State.WITHDRAWN:
        raise ConflictError("The council has withdrawn this referral.")
    return referral


def _code_hash(referral: Referral, code: str) -> str:
    return hash_secret(f"{referral.link_hash}:{code}")


def _record(referral: Referral, name: str, **detail: str) -> None:
    record(
        name,
        actor_label="agency",
        concern_id=referral.concern_id,
        report_id=referral.concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        detail={"agency": referral.agency_slug, **detail},
    )
