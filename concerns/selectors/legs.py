"""One referral with all that carries it: messages, calls, and its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import CharField
from django.db.models.functions import Cast

from concerns.models import AgencyCode, Call, LegEvent, Referral
from safeguarding_portal.outbox.selectors import messages_about
from safeguarding_portal.outbox.services import messages_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from concerns.models import Concern
    from safeguarding_portal.outbox.models import Message


@dataclass(frozen=True)
class Leg:
    """One referral with the messages that carry it and the calls about it."""

    referral: Referral
    messages: list[Message]
    calls: list[Call]

    @property
    def is_undelivered(self) -> bool:
        """Whether its message, the last if it was sent again, failed: somebody must ring."""
        return self.referral.is_open and any(item.status == "FAILED" for item in self.messages[-1:])


def legs_of(concerns: Sequence[Concern], calls: Iterable[Call] = ()) -> dict[int, list[Leg]]:
    """Return the legs of each concern by its id, in two statements for any number of concerns."""
    referrals = list(Referral.objects.filter(concern__in=concerns).select_related("recorded_by"))
    reference = {concern.pk: concern.reference for concern in concerns}
    keys = {item.pk: f"{reference[item.concern_id]}:{item.agency_slug}" for item in referrals}
    messages = messages_for("referral", list(keys.values()))
    by_referral: dict[int | None, list[Call]] = {}
    for call in calls:
        by_referral.setdefault(call.referral_id, []).append(call)
    legs: dict[int, list[Leg]] = {concern.pk: [] for concern in concerns}
    for item in referrals:
        legs[item.concern_id].append(
            Leg(item, messages.get(keys[item.pk], []), by_referral.get(item.pk, []))
        )
    return legs


def ledger_of(concern: Concern) -> list[LegEvent]:
    """Return the ledger of every referral of a concern, in one statement, as it was written."""
    rows = LegEvent.objects.filter(referral__concern=concern)
    return list(rows.select_related("referral", "actor").order_by("id"))


def calls_of(concern: Concern) -> list[Call]:
    """Return the calls of a concern, made and due, in one statement."""
    return list(concern.calls.select_related("made_by"))


# Messages whose key begins with the reference of what they tell of (services/notices.py).
ABOUT_A_CONCERN = (
    "referral",
    "new_concern",
    "escalation",
    "referral_returned",
    "delivery_failed",
    "clock_warning",
    "clock_missed",
    "custody_gap",
)


def messages_of(concern: Concern) -> list[Message]:
    """Return every message that was promised about a concern, in one statement."""
    codes = AgencyCode.objects.filter(referral__concern=concern)
    code_ids = codes.annotate(key=Cast("pk", CharField())).values("key")
    prefixes = [f"{name}:{concern.reference}:" for name in ABOUT_A_CONCERN]
    return messages_about("agency_code", code_ids, prefixes)
