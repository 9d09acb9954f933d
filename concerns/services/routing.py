"""How a route of the rules becomes a referral with a message, a call that is due, or a task.

Required routes go at submit, without waiting for a lead (SETTLED, Sending). Offered routes wait for
one. A route with a mailbox becomes a message with a link; one with only a phone becomes a call that
is due; a body outside the directory becomes something to do by hand, never a message.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse

from concerns.models import Call, Concern, Referral
from concerns.rules.ladder import first_bell
from contacts.selectors import current_directory, referral_mailbox
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

CALL_WITHIN = {1: timedelta(0), 2: timedelta(hours=1)}
PRIORITY_WORDS = {
    1: "P1: act now",
    2: "P2: act today",
    3: "P3: act by the next working day",
    4: "P4: for advice",
}


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a link's secret or a code, as it is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def mailbox_for(concern: Concern, agency_slug: str, now: datetime) -> str | None:
    """Return where an agency reads what we send about this concern; None if it has no mailbox.

    What the portal files to check itself never reaches an agency.
    """
    mailbox = referral_mailbox(agency_slug, now)
    return settings.PROBE_ADDRESS if concern.is_synthetic and mailbox else mailbox


def new_referral_message(referral: Referral, concern: Concern, now: datetime) -> NewMessage | None:
    """Give an unsaved or locked referral its secret link; return the message that carries it.

    None when the agency has no mailbox in the directory: then somebody has to ring. Body and
    subject carry reference, urgency and link only, never a name or a story (house rule 8).
    """
    mailbox = mailbox_for(concern, referral.agency_slug, now)
    if mailbox is None:
        return None
    secret = secrets.token_urlsafe(32)
    # A route that is sent again, after it was withdrawn, is another message.
    again = f":{concern.version}" if referral.pk else ""
    referral.link_hash = hash_secret(secret)
    referral.link_expires_at = now + settings.AGENCY_LINK_VALID_FOR
    return NewMessage(
        kind="referral",
        channel="email",
        recipient=mailbox,
        agency_slug=referral.agency_slug,
        template="referral",
        context={
            "reference": concern.reference,
            "urgency": PRIORITY_WORDS[concern.priority],
            "link": reverse("concerns:agency:referral", args=[secret]),
        },
        dedupe_key=f"referral:{concern.reference}:{referral.agency_slug}{again}",
        priority=concern.priority,
        subject_type="referral",
        subject_id=f"{concern.reference}:{referral.agency_slug}",
    )


def start_referral(referral: Referral, concern: Concern, now: datetime) -> NewMessage | None:
    """Put a required or decided route on its way: state, first bell, and its message if it has one.

    Changes the referral in place; the caller saves it and writes the message in one transaction.
    """
    directory = current_directory(now)
    if referral.agency_slug not in directory.agencies:
        referral.state = Referral.State.TO_DO
        referral.escalate_at = first_bell(concern.priority, now, None, referral.due_at)
        return None
    answer = directory.who_to_call(referral.agency_slug, now)
    opens_at = None if answer.own_line_open else answer.own_line_changes_at
    message = new_referral_message(referral, concern, now)
    referral.state = Referral.State.SENT if message else Referral.State.TO_DO
    referral.escalate_at = first_bell(concern.priority, now, opens_at, referral.due_at)
    return message


def due_call(referral: Referral, concern: Concern, now: datetime) -> Call | None:
    """Return the call that must be made besides or instead of a message, unsaved, or None.

    P1 always; P2 while the agency's own line is closed; and any agency that has only a phone.
    """
    directory = current_directory(now)
    if referral.agency_slug not in directory.agencies:
        return None
    answer = directory.who_to_call(referral.agency_slug, now)
    only_phone = referral.state == Referral.State.TO_DO
    urgent = concern.priority == 1 or (concern.priority == 2 and not answer.own_line_open)
    if not (only_phone or urgent):
        return None
    within = CALL_WITHIN.get(concern.priority)
    due_at = now + within if within is not None else referral.due_at
    return Call(
        concern=concern,
        referral=referral,
        agency_slug=referral.agency_slug,
        due_at=due_at or now + timedelta(days=1),
        number=answer.number,
        recorded_at=now,
    )


def send_referral(referral: Referral, now: datetime) -> None:
    """Send an offered route that a lead has decided on. The caller saves the referral."""
    message = start_referral(referral, referral.concern, now)
    referral.save()
    call = due_call(referral, referral.concern, now)
    if call is not None:
        call.save()
    if message is not None:
        enqueue_many([message])
