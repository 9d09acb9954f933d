"""What the reporter and those who work the report write to each other, inside the portal.

An e-mail says only that there is something to read, and where. Word from a lead keeps the promise
of feedback and ends its bells.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from concerns.access import Action, visible_reports
from concerns.models import Concern, Correspondence
from concerns.rules.ladder import FEEDBACK, OUTCOME, WAITING
from concerns.services.bells import end_bells
from concerns.services.cover import tell_ladder
from concerns.services.files import report_target, send_files
from concerns.services.ledger import lock_concern
from concerns.services.notices import notice
from safeguarding_portal.audit.services import NewEvent, record, record_many
from safeguarding_portal.outbox.services import enqueue_many

if TYPE_CHECKING:
    from concerns.models import Report
    from safeguarding_portal.accounts.models import User


def lock_own_concerns(report_id: int, actor: User) -> tuple[Report, list[Concern]]:
    """Lock the records of the actor's own report, in order; raise `Http404` for anybody else's."""
    report = visible_reports(actor).filter(pk=report_id).first()
    if report is None:
        raise Http404
    concerns = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("team", "owner", "report")
        .filter(report=report)
        .order_by("pk")
    )
    return report, list(concerns)


def tell_those_who_work_it(concerns: list[Concern], template: str, key: str, now: datetime) -> None:
    """Tell the owner of each record, or the next on its ladder, that there is something to read."""
    for concern in concerns:
        tell_ladder(concern, 0, template, key, now)


def record_for_each(
    name: str, concerns: list[Concern], actor: User, row: Correspondence, **detail: str
) -> None:
    """Record one event on each record of a report."""
    record_many(
        NewEvent(
            name=name,
            actor=actor,
            concern_id=concern.pk,
            report_id=concern.report_id,
            object_type="correspondence",
            object_id=str(row.pk),
            happened_at=row.happened_at,
            detail=dict(detail),
        )
        for concern in concerns
    )


@transaction.atomic
def write_to_leads(report_id: int, actor: User, text: str, now: datetime) -> Correspondence:
    """Write a message about one's own report to those who work it."""
    report, concerns = lock_own_concerns(report_id, actor)
    row = Correspondence.objects.create(
        report=report,
        author=actor,
        from_reporter=True,
        kind=Correspondence.Kind.MESSAGE,
        text=text,
        happened_at=now,
        created_at=now,
    )
    send_files(report_target(report, "message"), actor, now, correspondence=row)
    tell_those_who_work_it(concerns, "message_waiting", f"message:{row.pk}", now)
    record_for_each("reporter.wrote", concerns, actor, row)
    return row


@transaction.atomic
def write_to_reporter(
    concern_id: int, actor: User, kind: str, text: str, now: datetime
) -> Correspondence:
    """Write a message to the reporter, or what they are told on the way or at the end.

    Each is word to them and ends the bells that ring for it; only the outcome ends the last.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    if kind not in Correspondence.WORD:
        raise ValueError(f"Not word to a reporter: {kind}.")
    row = Correspondence.objects.create(
        report=concern.report,
        concern=concern,
        author=actor,
        from_reporter=False,
        kind=kind,
        text=text,
        happened_at=now,
        created_at=now,
    )
    send_files(report_target(concern.report, "reply", concern), actor, now, correspondence=row)
    kept = [FEEDBACK, WAITING, *([OUTCOME] if kind == Correspondence.Kind.OUTCOME else [])]
    end_bells(concern, kept, actor, now)
    tell_the_reporter(concern.report, f"word:{row.pk}")
    record(
        "reporter.told",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="correspondence",
        object_id=str(row.pk),
        detail={"kind": kind},
    )
    return row


def tell_the_reporter(report: Report, key: str) -> None:
    """Tell the reporter that there is word; nobody who has left or must no longer read it."""
    if not visible_reports(report.reporter).filter(pk=report.pk).exists():
        return
    enqueue_many(
        [
            notice(
                report.reporter,
                "word_for_reporter",
                reference=report.reference,
                link=reverse("concerns:reporter:report", args=[report.reference]),
                priority=report.priority,
                key=key,
            )
        ]
    )
