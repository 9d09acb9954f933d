"""How personal data about somebody in a concern is read, source by source.

The sources themselves are the table in `personal_data_sources`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, F, Max, Min, Q

from concerns.matching.redaction import readable
from concerns.models import Concern, Report
from concerns.rules.endings import OUTCOME_BY_SLUG
from concerns.rules.taxonomy import BY_GROUP
from contacts.selectors import agency_name
from safeguarding_portal.accounts.models import Absence, Membership, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.design_system.dates import words_for
from safeguarding_portal.outbox.models import Message


@dataclass(frozen=True)
class Scope:
    """Whose data: the concerns in which the person was found, and their account if a colleague."""

    concerns: dict[int, int]
    staff: User | None = None

    @property
    def reports(self) -> set[int]:
        """Return the ids of the reports of those concerns."""
        return set(self.concerns.values())

    def first_of(self, report_id: int) -> int:
        """Return the first of the concerns of a report: what is the report's is read with it."""
        return min(pk for pk, report in self.concerns.items() if report == report_id)


@dataclass(frozen=True)
class Found:
    """One piece of what is held. `key` is stable from one gathering to the next."""

    source: str
    key: str
    title: str
    text: str
    at: datetime | None = None
    concern_id: int | None = None
    report_id: int | None = None
    # Whose part it tells: the id of an involvement, where it is one.
    involvement_id: int | None = None
    part: str = ""

    @property
    def clean(self) -> str:
        """Return the text as it is kept: one form of Unicode, nothing unseen inside words."""
        return readable(self.text)


@dataclass(frozen=True)
class Source:
    """One place. `columns` are `table.column`; `load` yields what a scope finds there."""

    slug: str
    title: str
    columns: tuple[str, ...]
    load: Callable[[Scope], Iterator[Found]]


def words_of(value: Any) -> str:
    """Return any stored value in words: questions with answers, lists, nested data, or text."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dict):
        if "question" in value and "answer" in value:
            joint = "" if str(value["question"]).endswith("?") else ":"
            return f"{value['question']}{joint} {value['answer']}"
        pairs = ((key, words_of(item)) for key, item in value.items())
        return "\n".join(f"{str(key).replace('_', ' ')}: {words}" for key, words in pairs if words)
    if isinstance(value, list | tuple):
        return "\n".join(words for item in value if (words := words_of(item)))
    return str(value)


def _shown(row: Any, field: str) -> str:
    if field == "agency_slug":
        return agency_name(row.agency_slug) if row.agency_slug else ""
    display = getattr(row, f"get_{field}_display", None)
    return str(display()) if display and getattr(row, field) else words_of(getattr(row, field))


def rows(
    slug: str,
    title: str,
    model: str,
    fields: dict[str, str],
    *,
    of: str = "concern",
    other: str = "",
    at: str = "",
    narrow: Callable[[Scope], Q] = lambda scope: Q(),
) -> Source:
    """Return a source that reads the rows of one model, each row an item of `label: value` lines.

    `model` is `app.Model`; `of` leads to the concern, or to the report when it ends so; `other` to
    the concern on the other side, of what joins two.
    """
    table = apps.get_model(model)
    columns = {field: table._meta.get_field(field).column for field in fields}
    is_report = of.rpartition("__")[2] == "report"

    def load(scope: Scope) -> Iterator[Found]:
        wanted = scope.reports if is_report else set(scope.concerns)
        found: dict[int, Any] = {}
        for side in filter(None, (other, of)):
            here = table._default_manager.filter(narrow(scope), **{f"{side}__in": wanted})
            found |= {row.pk: row for row in here.annotate(_of=F(side)).order_by("pk")}
        for row in found.values():
            report = row._of if is_report else scope.concerns[row._of]
            lines = [(label, _shown(row, field)) for field, label in fields.items()]
            yield Found(
                slug,
                f"{slug}:{row.pk}",
                title,
                "\n".join(f"{label}: {words}" for label, words in lines if words),
                getattr(row, at) if at else None,
                scope.first_of(report) if is_report else row._of,
                report,
                row.pk if model == "concerns.Involvement" else None,
                getattr(row, "part", ""),
            )

    return Source(
        slug, title, tuple(f"{table._meta.db_table}.{name}" for name in columns.values()), load
    )


def report_items(scope: Scope) -> Iterator[Found]:
    """Yield each card of the statement, and who reported."""
    for report in Report.objects.filter(pk__in=scope.reports).order_by("pk"):
        concern = scope.first_of(report.pk)
        at, where = report.received_at, (concern, report.pk)
        who = {key: words for key, words in report.reporter_details.items() if key != "shield"}
        yield Found(
            "report",
            f"reporter:{report.pk}",
            "Who reported",
            words_of(who),
            at,
            *where,
            part="shielded" if report.reporter_details.get("shield") == "shield" else "reporter",
        )
        for number, card in enumerate(report.statement):
            told_by = card["title"] == "Who told you"
            yield Found(
                "report",
                f"report:{report.pk}:{number}",
                "From the report",
                f"{card['title']}\n{words_of(card['rows'])}",
                at,
                *where,
                part="informant" if told_by else "",
            )


def concern_items(scope: Scope) -> Iterator[Found]:
    """Yield what each concern is, and what the rules said of it."""
    for concern in Concern.objects.filter(pk__in=scope.concerns).order_by("pk"):
        known = BY_GROUP["child" if concern.group == "child" else "adult"]
        slugs = dict.fromkeys([*concern.categories, *concern.flags])
        ended = OUTCOME_BY_SLUG.get(concern.outcome)
        lines = {
            "Reference": concern.reference,
            "Group": concern.get_group_display(),
            "Worry": "; ".join(known[slug].words for slug in slugs if slug in known),
            "Priority": f"P{concern.priority}",
            "State": concern.get_state_display(),
            "How it ended": ended.words if ended else "",
            "Why the rules say so": words_of(
                [why["reason"] for why in concern.assessment.get("why", [])]
            ),
        }
        yield Found(
            "concern",
            f"concern:{concern.pk}",
            "The concern, and what the rules say",
            "\n".join(f"{label}: {words}" for label, words in lines.items() if words),
            concern.received_at,
            concern.pk,
            concern.report_id,
        )


def message_items(scope: Scope) -> Iterator[Found]:
    """Yield what was sent about each concern: a reference and a link, never a story."""
    for concern in Concern.objects.filter(pk__in=scope.concerns).order_by("pk"):
        about = Q(subject_type="referral", subject_id__startswith=f"{concern.reference}:")
        about |= Q(subject_type="concern", subject_id=concern.reference)
        sent = Message.objects.filter(about).order_by("id")
        lines = [
            f"{words_for(row.created_at.date())}: {row.kind.replace('_', ' ')}"
            f"{f' to {agency_name(row.agency_slug)}' if row.agency_slug else ''}, "
            f"{row.get_status_display().lower()}"
            for row in sent
        ]
        if lines:
            yield Found(
                "messages",
                f"messages:{concern.pk}",
                "Messages sent about it (reference only)",
                "\n".join(lines),
                sent[0].created_at,
                concern.pk,
                concern.report_id,
            )


def reading_items(scope: Scope) -> Iterator[Found]:
    """Yield how often each concern was read, and when; not by whom.

    That it was read is the person's data. Which colleague read it is that colleague's: names are
    given only where the right cannot be used without them (CJEU C-579/21, taken as guidance).
    """
    read = Event.objects.filter(concern_id__in=scope.concerns, name="concern.viewed")
    for row in (
        read.order_by()
        .values("concern_id")
        .annotate(
            times=Count("pk"),
            people=Count("actor", distinct=True),
            first=Min("recorded_at"),
            last=Max("recorded_at"),
        )
    ):
        concern = row["concern_id"] or 0
        yield Found(
            "readings",
            f"readings:{concern}",
            "How often it was read",
            f"Read {row['times']} times by {row['people']} people of the council, from "
            f"{words_for(row['first'].date())} to {words_for(row['last'].date())}",
            row["first"],
            concern,
            scope.concerns[concern],
        )


def staff_items(scope: Scope) -> Iterator[Found]:
    """Yield what is held of the person as a colleague: account, roles, what they wrote and read."""
    person = scope.staff
    if person is None:
        return
    account = {
        "Name": person.full_name,
        "Email": person.email,
        "User name": person.user_name,
        "Job": person.job_title,
        "Phone": person.work_phone,
        "Kind": person.get_kind_display(),
    }
    yield Found("staff", f"account:{person.pk}", "Account", words_of(account), person.date_joined)
    roles = Membership.objects.filter(user=person).select_related("team").order_by("pk")
    away = Absence.objects.filter(user=person, cancelled_at=None).order_by("pk")
    filed = Report.objects.filter(reporter=person).order_by("pk")
    drafts = apps.get_model("concerns.Draft")._default_manager.filter(
        owner=person, submitted_at=None
    )
    reads = Event.objects.filter(actor=person, name="concern.viewed")
    seen = reads.aggregate(times=Count("pk"), concerns=Count("concern_id", distinct=True))
    lists = {
        "roles": ("Roles", [str(row) for row in roles]),
        "absences": (
            "Absences",
            [f"{words_for(row.starts_on)} to {words_for(row.ends_on)}" for row in away],
        ),
        "filed": (
            "Reports filed",
            [f"{row.reference}, {words_for(row.received_at.date())}" for row in filed],
        ),
        "read": ("Concerns read", [f"{seen['concerns']} concerns, {seen['times']} times"]),
    }
    for key, (title, lines) in lists.items():
        if lines:
            yield Found("staff", f"{key}:{person.pk}", title, "\n".join(lines))
    # One each: the copy goes with the report that it becomes (migration 0150).
    for row in drafts:
        yield Found("staff", f"draft:{row.pk}", "Report begun", words_of(row.answers))
