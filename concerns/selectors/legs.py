"""One referral with all that carries it: messages and calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from concerns.models import Call, Referral
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
        """Whether its message failed for good, so that somebody must ring."""
        return self.referral.is_open and any(item.status == "FAILED" for item in self.messages)


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
