"""One minute of the synthetic concern: begin one, or take the next step of the one on its way.

Every step is claimed first, talks with no transaction open, and is written afterwards.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from concerns.models import Probe
from concerns.probe import inbox, walk
from concerns.services import probe as rows
from safeguarding_portal.accounts.machines import machine_cookies

logger = logging.getLogger(__name__)


def run_probe(now: datetime) -> None:
    """Go on with the synthetic concern at `now` (aware), and ring when the last proof is old.

    Does nothing unless `PROBE_ADDRESS` names its mailbox.
    """
    if not settings.PROBE_ADDRESS:
        return
    probe = rows.claim_probe(now)
    if probe is not None:
        try:
            _step(probe, now)
        except (walk.WalkError, inbox.InboxError) as fault:
            logger.warning("probe %s waits: %s", probe.pk, fault)
            rows.note_fault(probe, str(fault))
        rows.release_probe(probe)
    rows.ring_if_late(now)


def _step(probe: Probe, now: datetime) -> None:
    """Take as many steps as can be taken now."""
    if not probe.reference:
        officer = walk.Browser(settings.PROBE_URL, machine_cookies(rows.reporter()))
        rows.note_sent(probe, walk.file_report(officer))
    mails = inbox.mails_since(probe.started_at)
    link = inbox.link_in(mails, probe.reference)
    if not link:
        return
    agency = walk.Browser(settings.PROBE_URL)
    if probe.code_asked_at is None:
        walk.ask_code(agency, link)
        rows.note_code_asked(probe, now)
    elif code := inbox.code_in(mails, probe.reference):
        walk.accept(agency, link, code)
        rows.note_accepted(probe, now)
