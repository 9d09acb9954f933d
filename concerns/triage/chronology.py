"""The chronology of a concern: every event in words, in the order in which things happened.

An entry that was recorded later slots in at the time of the event, and says when it was recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from concerns.dates import local_date
from concerns.rules.ladder import BELLS
from contacts.selectors import agency_name
from safeguarding_portal.audit.services import events_for
from safeguarding_portal.design_system.dates import words_for
from safeguarding_portal.design_system.templatetags.portal_time import london_moment, london_time
from safeguarding_portal.documents import pdf_of_typed

if TYPE_CHECKING:
    from concerns.models import Concern
    from safeguarding_portal.audit.models import Event

READS = "reads"
READ = (
    "concern.viewed",
    "concern.form_viewed",
    "concern.printed",
    "concern.exported",
    "record.reviewed",
    "access_request.viewed",
    "access_request.item_decided",
    "file.viewed",
    "file.exported",
)
TITLES = {
    "concern.opened": "Concern opened",
    "concern.viewed": "Read",
    "concern.form_viewed": "Opened a form of it",
    "concern.printed": "Printed",
    "concern.taken": "Taken",
    "concern.closed": "Closed",
    "referral.accepted": "Accepted by {agency}",
    "referral.returned": "Returned by {agency}",
    "referral.opened": "Opened by {agency}",
    "referral.code_sent": "{agency} asked for a code",
    "referral.code_wrong": "A wrong code was typed at {agency}'s link",
    "referral.decided": "Decided about {agency}",
    "referral.done": "Done: {agency}",
    "referral.escalated": "Not accepted in time by {agency}: the next people were told",
    "message.undelivered": "A message to {agency} could not be delivered",
    "call.recorded": "Call to {agency} recorded",
    "clock.met": "A clock was met",
    "note.added": "Note added",
    "exclusion.decided": "Decided who may see it",
    "exclusion.added": "Somebody was kept out",
    "access.granted": "Somebody was named on the access list",
    "access.revoked": "Somebody was taken off the access list",
    "access.restricted": "Restricted to its access list",
    "access.opened": "Opened to its team",
    "access.glass_broken": "Opened in an emergency",
    "access.glass_reviewed": "Access in an emergency was reviewed",
    "report.written_on_paper": "Written on a paper form",
    "referral.viewed": "Read by {agency}",
    "leg.sent": "Message to {agency} sent",
    "leg.delivered": "Message to {agency} delivered",
    "leg.delayed": "Message to {agency} delayed",
    "leg.failed": "Message to {agency} not delivered",
    "leg.auto_reply": "Automatic reply from {agency}, which accepts nothing",
    "leg.reply": "E-mail reply from {agency}, which accepts nothing",
    "leg.downloaded": "Referral pack downloaded by {agency}",
    "clock.warned": "Warned: a clock runs out soon",
    "clock.rang": "A clock has run out: the next people were told",
    "custody.gap_found": "Nothing held it: a manager was told",
    "custody.gap_lasts": "Still nothing holds it: a manager was told again",
    "custody.gap_mended": "It is held again",
    **{f"bell.{kind.slug}": f"{kind.words}: people were told" for kind in BELLS.values()},
    "bell.announced": "Warned that the next people will be told",
    "concern.raised": "Raised to P1: the reporter says that somebody is in danger",
    "danger.answered": "Read and acted on the danger",
    "reporter.wrote": "Message from the reporter",
    "reporter.told": "Word to the reporter",
    "reporter.chased": "The reporter says that nobody told them anything",
    "report.added_to": "The reporter added to the report",
    "contest.raised": "A decision was contested",
    "contest.stage_begun": "A stage of the disagreement began",
    "contest.outcome_written": "The outcome of a stage was written",
    "contest.taken_further": "The disagreement was taken further",
    "closing.asked": "Asked another lead to agree to closing it",
    "closing.approved": "Another lead agreed: closed",
    "closing.refused": "Another lead did not agree to closing it",
    "closing.withdrawn": "Request to close it taken back",
    "concern.reopened": "Opened again",
    "concern.held": "Put on hold",
    "concern.resumed": "Taken off hold",
    "concern.hold_ended": "The hold ended: time to look at it again",
    "concern.reassessed": "The rules were asked again",
    "concern.reclassified": "Decided again what it is",
    "concern.priority_raised": "Priority raised",
    "concern.priority_lowered": "Priority lowered",
    "concern.sharing_decided": "Agreement, capacity and wishes recorded",
    "checklist.answered": "Checklist answered",
    "task.added": "Task added",
    "task.done": "Task done",
    "task.cancelled": "Task cancelled",
    "task.reminded": "Reminded of a task",
    "concern.assigned": "Given to a new owner",
    "concern.owner_left": "Its owner has left or may no longer see it: back to the team",
    "task.handed_over": "A task was given to somebody else: its owner has left",
    "access.ended": "Access ended: the person has left",
    "access.reserve_named": "Nobody could see it any more: the reserve was let in",
    "contest.people_named": "Others were named for a stage of the disagreement",
    "concern.priority_changed": "Priority changed",
    "concern.bundled": "Added to a bundle",
    "concern.exported": "Chronology downloaded",
    "record.reviewed": "Looked at by a person who keeps records, without what it says",
    "record.kept_longer": "Kept longer than the schedule says",
    "hold.placed": "A legal hold was put on",
    "hold.lifted": "A legal hold was lifted",
    "disposal.proposed": "Proposed for disposal",
    "disposal.approved": "A second person agreed to its disposal",
    "disposal.refused": "A second person did not agree to its disposal",
    "disposal.stopped": "Its disposal was stopped",
    "disposal.kept": "Not disposed of: something stood in the way",
    "right.asked": "The person says that something is wrong, or asks to restrict or stop its use",
    "right.decided": "Decided about a correction, restriction or objection",
    "right.restriction_ended": "The restriction of its use ended",
    "access_request.leave_given": "May be read in part for a request for personal data",
    "access_request.leave_ended": "Can no longer be read for a request for personal data",
    "access_request.item_decided": "A part was looked at for a request for personal data",
    "access_request.viewed": "Read in part for a request for personal data",
    "body_map.recorded": "Body map: {marks} recorded",
    "body_map.struck": "Body map: a mark struck out",
    "file.added": "File added",
    "file.checked": "A file passed the virus check",
    "file.locked_away": "A file did not pass the checks and was locked away",
    "file.viewed": "A file was looked at",
    "file.exported": "A file was downloaded",
    "file.unsealed": "The original of a picture was opened, for a written reason",
    "file.shared": "A file was shared with {agency}",
    "file.handed_out": "A file was downloaded by {agency}",
    "file.share_ended": "A file is no longer shared with {agency}",
}
LABELS = {
    "rules": "the rules",
    "clock": "the clock",
    "outbox": "the outbox",
    "agency": "the agency's person",
    "mailbox": "the mailbox",
    "scanner": "the virus scanner",
    "notify": "GOV.UK Notify",
    "webhook": "the provider",
    "scim": "the council's directory",
    "groups": "the council's directory",
    "feed": "the list of leavers",
}
# What an event is about, by the first word of its name; the rest is "work".
KIND_OF = {
    "referral": "agencies",
    "call": "agencies",
    "message": "agencies",
    "access": "access",
    "access_request": "access",
    "exclusion": "access",
    "leg": "agencies",
}
KINDS = (
    ("work", "Decisions and notes"),
    ("agencies", "Referrals, calls and messages"),
    ("access", "Who may see it"),
    (READS, "Who read it"),
)
SHOWN_AT_FIRST = frozenset({"work", "agencies", "access"})
LATE = timedelta(minutes=1)


@dataclass(frozen=True)
class Entry:
    """One event in words. `at` is when it happened, `recorded_at` when it was written down."""

    kind: str
    title: str
    by: str
    at: datetime
    recorded_at: datetime

    @property
    def text(self) -> str:
        """Return what a late entry says of itself."""
        if self.recorded_at - self.at <= LATE:
            return ""
        return f"Recorded later: {london_moment(self.recorded_at)}"


def filled(title: str, event: Event) -> str:
    """Return a title of a table with what the event says of it."""
    agency, marks = event.detail.get("agency"), event.detail.get("marks", 0)
    return title.format(
        agency=agency_name(agency) if agency else "an agency",
        marks="1 mark" if marks == 1 else f"{marks} marks",
    )


def event_words(event: Event) -> Entry:
    """Return one event for the timeline."""
    is_read = event.name in READ
    return Entry(
        kind=READS if is_read else KIND_OF.get(event.name.partition(".")[0], "work"),
        title=filled(TITLES.get(event.name, event.name), event),
        by=str(event.actor) if event.actor else LABELS.get(event.actor_label, ""),
        at=event.happened_at,
        recorded_at=event.recorded_at,
    )


def kinds_asked_for(wanted: Iterable[str]) -> frozenset[str]:
    """Return the kinds to show: those that were ticked, or all but the reads."""
    ticked = frozenset(wanted) & {kind for kind, _ in KINDS}
    return ticked or SHOWN_AT_FIRST


def chronology(concern_id: int, kinds: frozenset[str]) -> list[Entry]:
    """Return the entries of these kinds, in the order in which things happened."""
    without = () if READS in kinds else READ
    entries = [event_words(event) for event in events_for(concern_id, without)]
    return [entry for entry in entries if entry.kind in kinds]


def chronology_pdf(concern: Concern, entries: list[Entry], now: datetime) -> bytes:
    """Return the entries as an accessible PDF, dated `now` (aware); not inside a transaction."""
    data = {
        "reference": concern.reference,
        "made": london_moment(now, now),
        "entries": [
            {
                "title": entry.title,
                "by": entry.by,
                "at": f"{london_time(entry.at)}, {words_for(local_date(entry.at))}",
                "late": entry.text,
            }
            for entry in entries
        ],
    }
    return pdf_of_typed("triage/chronology.typ", data, now)
