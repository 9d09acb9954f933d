"""Filing a report: one transaction turns a draft into custody.

Everything that follows from a report is written with it or not at all: the immutable statement, one
concern per person at risk (R7), referrals, messages, due calls, clocks, exclusions, audit events.
The nudge to the queue comes after the commit; if it fails, the rows are still the promise.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404

from concerns.clockface import working_hours
from concerns.dates import local_date
from concerns.journey.answers import Answers
from concerns.journey.facts import facts_data
from concerns.journey.statement import FORM_VERSION, cards, has_account, reporter_details
from concerns.models import Draft, Report
from concerns.rules import RULES_VERSION, assess, facts_from_dict
from concerns.services.errors import IncompleteReportError
from concerns.services.exclude import exclude_the_named
from concerns.services.open_concerns import open_concerns, opened
from concerns.services.paper import paper_card, paper_form_of, return_form
from concerns.services.references import free_references
from contacts.selectors import current_directory
from policies.selectors import current_version
from safeguarding_portal.accounts.machines import is_machine
from safeguarding_portal.audit.services import NewEvent, record_many

if TYPE_CHECKING:
    from concerns.rules import Assessment
    from safeguarding_portal.accounts.models import User


@transaction.atomic
def submit_report(draft_id: UUID, actor: User, now: datetime) -> Report:
    """File the draft and put it on its way; `now` (aware) is the receipt that starts every clock.

    Filing the same draft again (a double click, a refresh, a retry after a lost connection) returns
    the same report. Raises `Http404` for somebody else's draft, `IncompleteReportError` when the
    account, the only required answer, is missing.
    """
    drafts = Draft.objects.select_for_update(of=("self",)).select_related("paper_form")
    drafts = drafts.annotate(directorate=F("owner__directorate__name"))
    draft = get_object_or_404(drafts, pk=draft_id, owner=actor)
    if draft.submitted_at is not None:
        return draft.report
    answers = Answers(draft.answers, local_date(now))
    if not has_account(answers):
        raise IncompleteReportError("Write what happened before you send")
    facts = facts_data(draft.answers, now)
    assessment = assess(facts_from_dict(facts), now, working_hours(current_directory(now)))
    report = _file(draft, answers, facts, assessment, actor, now)
    excluded = exclude_the_named(report, answers, now)
    concerns = open_concerns(report, answers, assessment, excluded, now)
    submitted = NewEvent(
        name="report.submitted",
        actor=actor,
        report_id=report.pk,
        detail={"priority": report.priority, "hash": report.content_hash},
    )
    record_many([submitted, *(event for concern in concerns for event in opened(concern, report))])
    if paper := paper_form_of(draft):
        return_form(paper, report, actor, now)
    draft.answers, draft.submitted_at = {}, now
    draft.save(update_fields=["answers", "submitted_at", "updated_at"])
    return report


def _file(
    draft: Draft,
    answers: Answers,
    facts: dict[str, Any],
    assessment: Assessment,
    reporter: User,
    now: datetime,
) -> Report:
    """Write the statement as filed, with every version by which it was decided."""
    paper, directorate = paper_form_of(draft), draft.directorate  # type: ignore[attr-defined]
    words = cards(answers) + ([paper_card(paper, reporter)] if paper else [])
    return Report.objects.create(
        reference=paper.reference if paper else free_references(1)[0],
        draft=draft,
        received_at=now,
        reporter=reporter,
        reporter_details=reporter_details(answers, reporter, directorate),
        statement=words,
        facts=facts,
        assessment=assessment.to_dict(),
        priority=assessment.priority,
        restricted=assessment.restricted or is_machine(reporter),
        rules_version=RULES_VERSION,
        form_version=FORM_VERSION,
        directory_version=current_directory(now).version,
        policies_version=current_version(now),
        content_hash=content_hash(words, facts),
    )


def content_hash(words: list[dict[str, Any]], facts: dict[str, Any]) -> str:
    """Return the SHA-256 over the canonical JSON of what was filed."""
    canonical = json.dumps([words, facts], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()
