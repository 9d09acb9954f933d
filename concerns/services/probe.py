"""The rows of the synthetic concern, and the bell when it has not come through.

It is an ordinary report by a machine's account, with its own team in which nobody works, restricted
and granted to nobody: by the rules of `access` no person sees it, `is_synthetic` keeps it out of
every count. All its mail goes to `PROBE_ADDRESS`; no agency ever hears of it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse

from concerns.models import Probe
from concerns.selectors.probe import delivery
from safeguarding_portal.accounts.machines import machine
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

logger = logging.getLogger(__name__)

# A step that has taken so long belongs to a worker that died.
CLAIM_FOR = timedelta(minutes=2)
# After so long a probe is given up and another one begun.
GIVE_UP_AFTER = timedelta(minutes=30)
KEPT_FOR = timedelta(days=2)
RINGS_FOR = (Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD)
TEAM = "synthetic"


def reporter() -> User:
    """Return the machine's account that files the synthetic concern."""
    return machine(settings.PROBE_ADDRESS, "Synthetic check")


def synthetic_team() -> Team:
    """Return the team that holds synthetic concerns; nobody works in it, and none is offered it."""
    values = {"name": "Synthetic checks", "group": Team.Group.BOTH, "is_active": False}
    return Team.objects.get_or_create(slug=TEAM, defaults=values)[0]


@transaction.atomic
def claim_probe(now: datetime) -> Probe | None:
    """Return the probe to go on with at `now` (aware), a new one when it is time; or None.

    A probe that has been on its way too long is given up first.
    """
    stale = Probe.objects.filter(accepted_at=None, failure="", started_at__lte=now - GIVE_UP_AFTER)
    stale.update(failure="It did not come through in time.")
    newest = Probe.objects.select_for_update().order_by("-started_at").first()
    if newest is None or (newest.is_over and newest.started_at <= now - settings.PROBE_EVERY):
        return Probe.objects.create(started_at=now, claimed_at=now)
    if newest.is_over or (newest.claimed_at and newest.claimed_at > now - CLAIM_FOR):
        return None
    newest.claimed_at = now
    newest.save(update_fields=["claimed_at"])
    return newest


def note_sent(probe: Probe, reference: str) -> None:
    """Keep the reference that the portal confirmed."""
    probe.reference = reference
    probe.save(update_fields=["reference"])


def note_code_asked(probe: Probe, now: datetime) -> None:
    """Keep when the code was asked for."""
    probe.code_asked_at = now
    probe.save(update_fields=["code_asked_at"])


def note_accepted(probe: Probe, now: datetime) -> None:
    """The whole way is proved; what earlier probes left is removed."""
    probe.accepted_at = now
    probe.save(update_fields=["accepted_at"])
    Probe.objects.filter(started_at__lte=now - KEPT_FOR).delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT concerns_remove_synthetic(%s)", [now - KEPT_FOR])


def note_fault(probe: Probe, words: str) -> None:
    """A report that was not confirmed is begun anew, later; any other step is tried again."""
    if not probe.reference:
        probe.failure = words[:200]
        probe.save(update_fields=["failure"])


def release_probe(probe: Probe) -> None:
    """Let the next minute go on from here."""
    probe.claimed_at = None
    probe.save(update_fields=["claimed_at"])


@transaction.atomic
def ring_if_late(now: datetime) -> int:
    """Tell managers, once an hour, that delivery is delayed; return how many messages.

    By e-mail and, where a mobile number is kept and GOV.UK Notify is set up, by text message: the
    mail may be what is away. Whoever watches `/metrics` hears of it without either.
    """
    state = delivery(now)
    if not state.is_delayed:
        return 0
    hour = f"{now:%Y%m%d%H}"
    messages = [message for person in _people(now) for message in _notices(person, hour)]
    enqueue_many(messages)
    record("delivery.delayed", actor_label="clock", detail={"told": len(messages)})
    logger.error("delivery is delayed: the last proof is of %s", state.proved_at)
    return len(messages)


def _people(now: datetime) -> list[User]:
    return list(User.objects.holding(RINGS_FOR, now))


def _notices(person: User, hour: str) -> list[NewMessage]:
    ways = [("email", person.email)]
    digits = person.work_phone.replace(" ", "")
    if settings.NOTIFY_API_KEY and digits.startswith(("07", "+447")):
        ways.append(("sms", person.work_phone))
    return [
        NewMessage(
            kind="delivery_delayed",
            channel=channel,
            recipient=recipient,
            template="delivery_delayed",
            context={"link": reverse("status")},
            dedupe_key=f"delivery_delayed:{hour}:{person.pk}:{channel}",
            priority=1,
            subject_type="user",
            subject_id=str(person.pk),
        )
        for channel, recipient in ways
    ]
