"""Where personal data about somebody in a concern is kept: a table of sources.

A new model is one row of `SOURCES`. What is not gathered stands in `NOT_GATHERED` with the reason;
a test compares both with every text column that can be reached from a concern in the database.
"""

from __future__ import annotations

from django.db.models import Q

from concerns.selectors.personal_data import (
    Scope,
    Source,
    concern_items,
    message_items,
    reading_items,
    report_items,
    rows,
    staff_items,
)
from concerns.selectors.personal_data_evidence import file_items, mark_items


def _of_concerns_in_scope(scope: Scope) -> Q:
    return Q(concern=None) | Q(concern__in=scope.concerns)


SOURCES: tuple[Source, ...] = (
    Source(
        "report",
        "The report as it was filed",
        ("concerns_report.statement", "concerns_report.reporter_details"),
        report_items,
    ),
    rows(
        "person",
        "A person in the concern",
        "concerns.Involvement",
        {"part": "Part", "name": "Name", "details": "Details"},
    ),
    Source(
        "concern",
        "The concern, and what the rules say",
        tuple(
            f"concerns_concern.{name}"
            for name in (
                "assessment",
                "categories",
                "flags",
                "group",
                "outcome",
                "reference",
                "state",
            )
        ),
        concern_items,
    ),
    rows("note", "Note", "concerns.Note", {"text": "Note"}, at="created_at"),
    rows(
        "message",
        "Message between reporter and lead, or an addition to the report",
        "concerns.Correspondence",
        {
            "kind": "Kind",
            "text": "Text",
            "danger": "In danger now",
            "agency_slug": "Agency",
            "spoke_to": "Spoke to",
        },
        of="report",
        at="created_at",
        narrow=_of_concerns_in_scope,
    ),
    rows(
        "referral",
        "Referral to an agency",
        "concerns.Referral",
        {
            "agency_slug": "Agency",
            "state": "State",
            "reasons": "Why",
            "ended_by_name": "Answered by",
            "ended_by_role": "Their role",
            "ended_by_phone": "Their phone",
            "ended_via": "How",
            "returned_reason": "Why it was returned",
        },
        at="created_at",
    ),
    rows(
        "leg",
        "What happened to a referral",
        "concerns.LegEvent",
        {"kind": "What", "name": "Who", "role": "Role", "phone": "Phone", "reason": "Reason"},
        of="referral__concern",
        at="happened_at",
    ),
    rows(
        "call",
        "Telephone call",
        "concerns.Call",
        {
            "agency_slug": "Agency",
            "spoke_to": "Spoke to",
            "agency_reference": "Their reference",
            "outcome": "Outcome",
        },
        at="recorded_at",
    ),
    rows(
        "decision",
        "Decision",
        "concerns.Decision",
        {"kind": "About", "reason": "Why", "before": "Before", "after": "After"},
        at="decided_at",
    ),
    rows(
        "approval",
        "Closing, asked of another lead",
        "concerns.Approval",
        {"outcome": "Outcome", "words": "Why", "state": "State", "answer": "Answer"},
        at="asked_at",
    ),
    rows(
        "reassessment",
        "The rules asked again",
        "concerns.Reassessment",
        {"corrections": "With", "proposal": "They said"},
        at="asked_at",
    ),
    rows(
        "checklist",
        "Answer of a checklist",
        "concerns.ChecklistAnswer",
        {"kind": "Checklist", "prompt": "Question", "answer": "Answer", "note": "Note"},
        at="answered_at",
    ),
    rows(
        "task",
        "Task",
        "concerns.Task",
        {"words": "Task", "state": "State", "end_note": "How it ended"},
        at="created_at",
    ),
    rows(
        "clock",
        "Clock",
        "concerns.Clock",
        {
            "label": "What",
            "why": "Why",
            "done_by": "Done by",
            "withdrawn_because": "Withdrawn because",
        },
        at="due_at",
    ),
    rows(
        "contest",
        "Disagreement",
        "concerns.Contest",
        {"about": "About", "text": "Text"},
        at="raised_at",
    ),
    rows(
        "contest_stage",
        "Stage of a disagreement",
        "concerns.ContestStage",
        {"people": "People", "outcome": "Outcome", "told_reporter": "What the reporter was told"},
        of="contest__concern",
        at="started_at",
    ),
    rows("grant", "Access by name", "concerns.AccessGrant", {"reason": "Why"}, at="granted_at"),
    rows(
        "glass",
        "Review of access in an emergency",
        "concerns.BreakGlassReview",
        {"words": "Words"},
        of="grant__concern",
        at="due_at",
    ),
    rows(
        "match",
        "Whether two people are one",
        "concerns.MatchDecision",
        {"state": "Decided", "reason": "Why"},
        of="candidate__left__concern",
        other="candidate__right__concern",
        at="made_at",
    ),
    rows(
        "link",
        "Link to another concern",
        "concerns.ConcernLink",
        {"kind": "Kind", "state": "State", "why": "Why"},
        of="first",
        other="second",
        at="made_at",
    ),
    rows(
        "bundle",
        "Bundle it was put into",
        "concerns.Bundle",
        {"name": "Name"},
        of="items__concern",
        at="created_at",
    ),
    rows(
        "paper",
        "Paper form",
        "concerns.PaperForm",
        {"reference": "Reference", "written_by": "Written by"},
        of="report",
        at="written_at",
    ),
    rows(
        "right",
        "Correction, restriction or objection",
        "concerns.DataRight",
        {
            "kind": "Right",
            "asked_by": "Asked by",
            "what": "What",
            "statement": "Statement",
            "decision": "Decision",
            "reason": "Why",
            "correction": "Correction",
            "agencies_told": "Agencies told",
            "ended_why": "Why it ended",
        },
        at="recorded_at",
    ),
    Source(
        "file",
        "File",
        ("concerns_attachment.name", "concerns_attachment.kind", "concerns_attachment.part"),
        file_items,
    ),
    rows(
        "unsealing",
        "Opening of a picture's original",
        "concerns.Unsealing",
        {"reason": "Why"},
        at="unsealed_at",
    ),
    Source(
        "mark",
        "Mark on the body map",
        ("concerns_bodymark.data", "concerns_struckmark.reason"),
        mark_items,
    ),
    *(
        rows(
            f"hold_{of.partition('__')[0]}",
            "Legal hold",
            "concerns.LegalHold",
            {"kind": "On", "reason": "Why", "lift_reason": "Why it was lifted"},
            of=of,
            at="placed_at",
        )
        for of in ("concern", "report", "involvement__concern")
    ),
    rows(
        "retention",
        "How long it is kept",
        "concerns.Retention",
        {"because": "Because", "keep_reason": "Why longer"},
    ),
    Source(
        "messages",
        "Messages sent about it",
        tuple(
            f"outbox_message.{name}"
            for name in ("kind", "agency_slug", "status", "subject_type", "subject_id")
        ),
        message_items,
    ),
    Source("readings", "How often it was read", ("audit_event.name",), reading_items),
    Source(
        "staff",
        "As a colleague",
        (
            *(
                f"accounts_user.{name}"
                for name in ("email", "full_name", "job_title", "kind", "user_name", "work_phone")
            ),
            "concerns_draft.answers",
        ),
        staff_items,
    ),
)
SOURCE = {source.slug: source for source in SOURCES}
_VERSION = "the version of a rule, form or list by which it was decided: no data about a person"
_COPY = "a copy of what is gathered elsewhere, made for finding or comparing"
_KEY = "a key, a state or a number of the machinery: no words about a person"
_REGISTER = "that a record was disposed of: references and digests that lead to nothing any more"
_READS = "about a colleague's reads, known to independent reviewers alone: they answer by hand"
_HANDLING = "made while answering this or another request; the request itself is the person's own"
# `table` or `table.column`: why it is not gathered.
NOT_GATHERED: dict[str, str] = {
    "accounts_user.external_id": _KEY,
    "accounts_user.left_by": _KEY,
    "accounts_user.password": "a hash that keeps an account safe",
    "audit_event": "ids and codes of acts whose words are gathered; readings are counted apart",
    "audit_seal": "digests over events",
    "concerns_accessgrant.kind": _KEY,
    "concerns_agencycode.code_hash": "a hash that keeps a referral safe",
    "concerns_approval.rule_id": _VERSION,
    "concerns_attachment.sha256": "a digest over a file",
    "concerns_bell": _KEY,
    "concerns_call.number": "the published number of an agency",
    "concerns_clock.slug": _KEY,
    "concerns_clock.source": "where a rule comes from: no data about a person",
    "concerns_curiosityfinding": _READS,
    "concerns_curiosityreason": _READS,
    "concerns_custodygap": _KEY,
    "concerns_dailystatement": "counts and references of a whole day",
    "concerns_decision.rules_version": _VERSION,
    "concerns_disposalbatch": "proposals to dispose of records: no concern's words",
    "concerns_disposalitem": _REGISTER,
    "concerns_disposalpart": _KEY,
    "concerns_disposalrecord": _REGISTER,
    "concerns_exclusion": "which colleagues may not read it, as codes: data about them",
    "concerns_ladderversion": "roles of a team: no data about a person",
    "concerns_legalhold.categories": "what an inquiry holds: no data about a person",
    "concerns_legalhold.group": "what an inquiry holds: no data about a person",
    "concerns_legevent.actor_label": _KEY,
    "concerns_legevent.evidence": _KEY,
    "concerns_matchcandidate": _COPY,
    "concerns_matchkey": _COPY,
    "concerns_nameword": _COPY,
    "concerns_paperbatch": "where blank forms are kept",
    "concerns_paperform.void_reason": "of forms on which nothing was written",
    "concerns_probe": "of synthetic concerns",
    "concerns_readerday": _READS,
    "concerns_reassessment.rules_version": _VERSION,
    "concerns_referral.link_hash": "a hash that keeps a referral safe",
    "concerns_referral.marks": _KEY,
    "concerns_referral.rule_ids": _VERSION,
    "concerns_report.assessment": "what the rules say; gathered with each concern in words",
    "concerns_report.content_hash": "a digest over the statement",
    "concerns_report.directory_version": _VERSION,
    "concerns_report.facts": "the answers of the statement, as the rules read them",
    "concerns_report.form_version": _VERSION,
    "concerns_report.policies_version": _VERSION,
    "concerns_report.reference": "gathered with each concern",
    "concerns_report.rules_version": _VERSION,
    "concerns_retention.row_id": _VERSION,
    "concerns_retention.schedule_version": _VERSION,
    "concerns_retentionschedule": _VERSION,
    "concerns_savedfilter": "what a colleague saved for themselves: no concern is named in it",
    "concerns_searchdocument": _COPY,
    "concerns_staffhome": "a keyed hash of a colleague's home, made for comparing",
    "concerns_triagepreference": "how a colleague likes their lists",
    "files_storedfile": "its name is gathered with its attachment; the rest is digest and scan",
    "files_storedobject": "keys and digests of sealed bytes; the words in them are gathered",
    "files_upload": "a file that has not come in whole, for a day",
    "outbox_message": "addresses of colleagues and agencies, keys of delivery; a message holds a "
    "reference and a link, never a name or a story",
    "outbox_receipt": _KEY,
    "concerns_accessrequest": _HANDLING,
    "concerns_accesspause": _HANDLING,
    "concerns_accessgathering": _HANDLING,
    "concerns_accesscandidate": _HANDLING,
    "concerns_accessitem": _HANDLING,
    "concerns_accessredaction": _HANDLING,
    "concerns_accesscheck": _HANDLING,
    "concerns_accesscomplaint": _HANDLING,
}
