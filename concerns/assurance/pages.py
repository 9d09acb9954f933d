"""What the auditors' pages share: who may come in, and which events an address asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.http import Http404, HttpResponseBase, QueryDict
from django.utils import timezone

from concerns.assurance.forms import TrailForm
from concerns.dates import local_date
from concerns.models import Concern, Exclusion, Report
from concerns.rules.reference import normalise, normalise_concern
from concerns.selectors.curiosity import may_read_trail
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.trail import TrailQuery
from safeguarding_portal.http import PersonRequest

GET_POST = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422
View = Callable[..., HttpResponseBase]


def for_auditors(view: View) -> View:
    """Answer 404 to whoever does not read the trail."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_read_trail(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@dataclass(frozen=True)
class About:
    """Whose acts, or which record: one of the three is set."""

    person: User | None = None
    concern: Concern | None = None
    report: Report | None = None

    @property
    def reference(self) -> str:
        """The reference of the record; empty for a person."""
        record = self.concern or self.report
        return record.reference if record else ""

    @property
    def first_day(self) -> date | None:
        """The day of a record's receipt (Europe/London); None for a person."""
        record = self.concern or self.report
        return local_date(record.received_at) if record else None

    def words(self) -> str:
        """Return what it is, for headings."""
        return f"record {self.reference}" if self.reference else str(self.person)

    def chosen(self) -> dict[str, str]:
        """Return it as an address says it."""
        if self.person is not None:
            return {"person": str(self.person.pk)}
        return {"record": self.reference}


def about_person(pk: int) -> About:
    """Return somebody, also who has left; raises `Http404`."""
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404
    return About(person=person)


def about_record(typed: str, hidden: tuple[int, ...]) -> About | None:
    """Return the concern or report of a reference as typed; None of what is hidden or not there."""
    typed = typed[:40].replace("\x00", "")
    report = Report.objects.filter(reference=normalise(typed)).exclude(pk__in=hidden).first()
    if report is not None:
        return About(report=report)
    concerns = Concern.objects.exclude(report__in=hidden)
    concern = concerns.filter(reference=normalise_concern(typed)).first()
    return About(concern=concern) if concern else None


def about_chosen(chosen: Mapping[str, Any], hidden: tuple[int, ...]) -> About:
    """Return what an address is about, "person" or "record"; raises `Http404`."""
    person = str(chosen.get("person", ""))
    if person.isascii() and person.isdecimal() and len(person) < 19:
        return about_person(int(person))
    about = about_record(str(chosen.get("record", "")), hidden)
    if about is None:
        raise Http404
    return about


def hidden_from(user: User) -> tuple[int, ...]:
    """Return the reports that touch the person: an auditor hears nothing of them either."""
    kept_out = Exclusion.objects.filter(user=user, lifted_at=None)
    return tuple(kept_out.values_list("report", flat=True))


def trail_form(about: About, asked: QueryDict, now: datetime) -> TrailForm:
    """Return the form of an address's query, judged when anything was chosen in it."""
    today, first = local_date(now), about.first_day
    form = TrailForm(today=today, first=first)
    if any(asked.getlist(name) for name in form.input_names()):
        form = TrailForm(asked, today=today, first=first)
        form.is_valid()
    return form


def query_of(about: About, form: TrailForm, hidden: tuple[int, ...]) -> TrailQuery:
    """Return the query that a page shows."""
    since, until = form.moments()
    narrowed = form.cleaned_data if form.is_bound and not form.errors else {}
    report_id = about.concern.report_id if about.concern else None
    return TrailQuery(
        since=since,
        until=until,
        actor_id=about.person.pk if about.person else None,
        concern_id=about.concern.pk if about.concern else None,
        report_id=about.report.pk if about.report else report_id,
        kinds=tuple(narrowed.get("kinds", ())),
        address=narrowed.get("address", ""),
        hidden_reports=hidden,
    )
