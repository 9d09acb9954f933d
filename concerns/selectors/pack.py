"""What an agency may see of one referral: one document, behind its page, its PDF and its JSON.

Published as `referral-pack.schema.json`. The person who told the reporter is never in it, nor who
may see the record, nor what was said of another person at risk in the same report.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from concerns.bodymap.kinds import COLOUR_WARNING
from concerns.models import DataRight, Involvement
from concerns.rules.case import LONDON
from concerns.rules.taxonomy import BY_GROUP
from concerns.selectors.body_map import body_map_of
from concerns.selectors.files import shared_files
from contacts.selectors import agency_name

if TYPE_CHECKING:
    from concerns.models import Concern, Referral
    from concerns.selectors.body_map import ShownMark

VERSION = "1.1"
# Cards of the report that are for the council alone.
NOT_SHARED = ("Who told you", "Who may see this")
REPORTER = ("name", "job_title", "phone", "email", "for_name", "for_role", "for_phone")


def referral_pack(referral: Referral, now: datetime) -> dict[str, Any]:
    """Return the pack of a referral (its concern and report loaded) as JSON-able data.

    Times are ISO 8601 in Europe/London, with their offset.
    """
    concern = referral.concern
    report = concern.report
    people = concern.involvements.exclude(part=Involvement.Part.INFORMANT)
    return {
        "version": VERSION,
        "made_at": _local(now),
        "referral": {
            "reference": concern.reference,
            "agency": {
                "slug": referral.agency_slug,
                "name": agency_name(referral.agency_slug, now),
            },
            "referred_at": _local(referral.created_at),
            "answer_due_at": _local(referral.due_at),
            "reasons": list(referral.reasons),
        },
        "concern": {
            "group": concern.group,
            "group_words": concern.get_group_display(),
            "priority": concern.priority,
            "categories": _categories(concern),
            "received_at": _local(concern.received_at),
        },
        "people": [
            {
                "part": person.part,
                "part_words": person.get_part_display(),
                "name": person.name,
                "details": _rows(person.details),
            }
            for person in people
        ],
        "report": {
            "reporter": _reporter(report.reporter_details),
            "cards": [
                {"title": card["title"], "rows": _rows(card["rows"])}
                for card in report.statement
                if card["title"] not in NOT_SHARED
                and "body_map" not in card
                and not _is_about_another(card, concern)
            ],
        },
        "corrections": _corrections(concern),
        "body_map": _body_map(concern),
        # Those that a lead shared with this agency; the page behind the link gives them out.
        "files": [
            {"name": item.name, "kind": item.kind, "size": item.size, "sha256": item.sha256}
            for item in shared_files(referral)
        ],
    }


def _body_map(concern: Concern) -> dict[str, Any] | None:
    """Return all marks on the person, those struck out too; None when there are none."""
    found = body_map_of(concern)
    if not found.marks:
        return None
    return {
        "figure": found.figure,
        "warning": COLOUR_WARNING.words,
        "marks": [_mark(shown) for shown in found.marks],
    }


def _mark(shown: ShownMark) -> dict[str, Any]:
    mark, struck = shown.mark, shown.struck
    return {
        **mark.to_dict(),
        "words": mark.words,
        "seen_on": mark.seen_on or None,
        "seen_at": mark.seen_at or None,
        "recorded_by": shown.recorded_by,
        "recorded_at": _local(shown.recorded_at),
        "struck_out": {"reason": struck.reason, "at": _local(struck.created_at)}
        if struck
        else None,
    }


def _corrections(concern: Concern) -> list[dict[str, str | None]]:
    """Return what stands beside the record as its correction, and restrictions of its use."""
    decided = concern.data_rights.exclude(kind=DataRight.Kind.OBJECT)
    return [
        {
            "kind": right.kind,
            "what": right.what,
            "statement": right.statement,
            "correction": right.correction,
            "decision": right.decision,
            "decided_at": _local(right.decided_at),
        }
        for right in decided.exclude(decision__in=("waiting", "refused")).filter(ended_at=None)
    ]


def _reporter(details: dict[str, str]) -> dict[str, str | bool]:
    """Return who reported; `shield`: the family must not learn who it was (R23)."""
    said: dict[str, str | bool] = {key: details[key] for key in REPORTER if details.get(key)}
    return said | {"shield": details.get("shield") == "shield"}


def _categories(concern: Concern) -> list[dict[str, str]]:
    known = BY_GROUP["child" if concern.group == "child" else "adult"]
    slugs = dict.fromkeys([*concern.categories, *concern.flags])
    return [{"slug": slug, "words": known[slug].words} for slug in slugs if slug in known]


def _rows(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"question": row["question"], "answer": row["answer"]} for row in rows]


def _is_about_another(card: dict[str, Any], concern: Concern) -> bool:
    """Whether a card tells of another person at risk of the same report, who has a record apart."""
    kind, _, number = str(concern.assessment.get("ref", "")).rpartition(" ")
    if not kind or not str(card["title"]).startswith("About "):
        return False
    numbers = {str(row.get("slug", "")).rpartition(".")[2] for row in card["rows"]}
    return not kind.endswith("person") or number not in numbers


def _local(at: datetime | None) -> str | None:
    return at.astimezone(LONDON).isoformat(timespec="minutes") if at else None
