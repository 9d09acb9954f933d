"""What stands in the way of disposal: each blocker alone, in every place that asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F
from django.utils import timezone

from concerns.models import (
    AccessCandidate,
    AccessComplaint,
    AccessGrant,
    AccessRequest,
    Approval,
    Bell,
    BreakGlassReview,
    Call,
    Clock,
    Concern,
    ConcernLink,
    Contest,
    Correspondence,
    CustodyGap,
    DataRight,
    DisposalBatch,
    DisposalItem,
    Exclusion,
    LegalHold,
    Retention,
    RetentionSchedule,
    Task,
)
from concerns.rules.disposal import BLOCKERS
from concerns.rules.retention import rows_data, shipped
from concerns.selectors.retention import Blockers
from concerns.services.disposal import approve_batch, dispose_due, propose_batch
from concerns.services.errors import NotAllowedError
from concerns.services.retention import work_out
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.outbox.models import Message
from tests.factories import make_concern, make_referral
from tests.records.conftest import LONG_AGO, Keepers, closed_concern

Break = Callable[[Keepers, Concern], object]


def _open(keepers: Keepers, concern: Concern) -> object:
    return Concern.objects.filter(pk=concern.pk).update(state="in_triage", closed_at=None)


def _said(keepers: Keepers, concern: Concern) -> object:
    return Correspondence.objects.create(
        report=concern.report,
        author=concern.report.reporter,
        from_reporter=True,
        kind="message",
        text="Any news?",
        happened_at=timezone.now(),
        created_at=timezone.now(),
    )


def _glass(keepers: Keepers, concern: Concern) -> object:
    grant = AccessGrant.objects.create(
        concern=concern,
        user=keepers.lead,
        kind="break_glass",
        reason="x",
        granted_at=LONG_AGO,
        expires_at=LONG_AGO,
    )
    return BreakGlassReview.objects.create(grant=grant, due_at=LONG_AGO)


def _message(keepers: Keepers, concern: Concern) -> object:
    now = timezone.now()
    return Message.objects.create(
        created_at=now,
        next_attempt_at=now,
        kind="message_waiting",
        channel="email",
        recipient="duty@example.org",
        template="message_waiting",
        context={"reference": concern.reference},
        dedupe_key=concern.reference,
    )


def _linked(keepers: Keepers, concern: Concern) -> object:
    return ConcernLink.objects.create(
        first=concern,
        second=make_concern(keepers.team),
        kind="duplicate",
        state="linked",
        why="The same",
        made_by=keepers.lead,
        made_at=LONG_AGO,
    )


def make_request(keepers: Keepers, concern: Concern, **fields: Any) -> AccessRequest:
    """Return a request for their own data by somebody who may be in this concern."""
    request = AccessRequest.objects.create(
        reference=f"REQ-{concern.pk}",
        received_on=LONG_AGO,
        received_how="x",
        requester="self",
        requester_name="x",
        name="x",
        created_at=LONG_AGO,
        created_by=keepers.officer,
    )
    AccessCandidate.objects.create(request=request, concern=concern, group="x", **fields)
    return request


def make_right(keepers: Keepers, concern: Concern, **fields: Any) -> DataRight:
    """Return what somebody says is wrong in this concern."""
    values = {
        "kind": "rectify",
        "asked_by": "x",
        "received_on": LONG_AGO,
        "due_on": LONG_AGO,
        "what": "x",
        "recorded_by": keepers.officer,
        "recorded_at": LONG_AGO,
    }
    return DataRight.objects.create(concern=concern, **values | fields)


def _new_schedule(keepers: Keepers, concern: Concern) -> object:
    now = timezone.now()
    return RetentionSchedule.objects.create(
        rows=rows_data(shipped()),
        why="x",
        state="published",
        made_by=keepers.officer,
        made_at=now,
        answered_by=keepers.second,
        answered_at=now,
    )


BREAKS: dict[str, Break] = {
    "open": _open,
    "unaccepted": lambda keepers, concern: make_referral(concern, state="sent"),
    "call_due": lambda keepers, concern: Call.objects.create(
        concern=concern, agency_slug="x", due_at=LONG_AGO, recorded_at=LONG_AGO
    ),
    "task_open": lambda keepers, concern: Task.objects.create(
        concern=concern,
        words="x",
        owner=keepers.lead,
        created_by=keepers.lead,
        created_at=LONG_AGO,
    ),
    "clock_running": lambda keepers, concern: Clock.objects.create(
        concern=concern, slug="x", label="x", due_at=LONG_AGO, why="x", source="x"
    ),
    "bell_rings": lambda keepers, concern: Bell.objects.create(
        concern=concern, kind="message", rings_at=LONG_AGO, created_at=LONG_AGO
    ),
    "closing_asked": lambda keepers, concern: Approval.objects.create(
        concern=concern,
        rule_id="x",
        outcome="advice_given",
        words="x",
        asked_by=keepers.lead,
        asked_at=LONG_AGO,
    ),
    "unread": _said,
    "conflicted": lambda keepers, concern: Exclusion.objects.create(
        report=concern.report, user=keepers.lead, kind="held", reason="similar_name"
    ),
    "contested": lambda keepers, concern: Contest.objects.create(
        concern=concern,
        raised_by=keepers.lead,
        by_reporter=False,
        about="closed",
        text="x",
        raised_at=LONG_AGO,
    ),
    "glass_unreviewed": _glass,
    "gap_open": lambda keepers, concern: CustodyGap.objects.create(
        kind="x", key=concern.reference, concern=concern, found_at=LONG_AGO, last_paged_at=None
    ),
    "request_open": make_request,
    "right_open": make_right,
    "message_waiting": _message,
    "linked_open": _linked,
    "held": lambda keepers, concern: LegalHold.objects.create(
        kind="report",
        report=concern.report,
        reason="x",
        placed_by=keepers.officer,
        placed_at=LONG_AGO,
    ),
    "not_computed": _new_schedule,
    "not_due": lambda keepers, concern: Retention.objects.filter(concern=concern).update(
        due_on=timezone.now().date() + timedelta(days=2)
    ),
}


def blockers(concern: Concern) -> list[str]:
    """Return what stands in the way of one concern."""
    found: list[str] = Concern.objects.filter(pk=concern.pk).values_list(
        Blockers(F("pk")), flat=True
    )[0]
    return found


def refuse(item: DisposalItem, why: str) -> None:
    """Assert that the database's own function refuses to remove it."""
    with (
        pytest.raises(DatabaseError, match=why),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT concerns_dispose(%s)", [item.pk])


def test_the_words_and_the_databases_function_name_the_same_blockers(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'concerns_disposal_blockers'")
        source = cursor.fetchone()[0]
    assert re.findall(r"'(\w+)' END", source) == [row.slug for row in BLOCKERS]
    assert set(BREAKS) == {row.slug for row in BLOCKERS}
    assert all(row.words and row.what_to_do for row in BLOCKERS)


@pytest.mark.parametrize("slug", list(BREAKS))
def test_each_blocker_stops_the_proposal_the_approval_and_the_removal_itself(
    keepers: Keepers, slug: str
) -> None:
    now = timezone.now()
    before, late = closed_concern(keepers.team), closed_concern(keepers.team)
    other = closed_concern(keepers.team)
    work_out(now)
    assert blockers(before) == []
    approved = propose_batch(keepers.officer, [late.reference, other.reference], now)
    proposed = propose_batch(keepers.officer, [before.reference], now)
    approve_batch(approved.pk, keepers.second, now - timedelta(days=8))

    for concern in (before, late):
        # A new schedule is one for all.
        if slug != "not_computed" or concern == before:
            BREAKS[slug](keepers, concern)

    assert slug in blockers(before)
    with pytest.raises(NotAllowedError, match="every record"):
        approve_batch(proposed.pk, keepers.second, now)
    DisposalItem.objects.filter(batch=proposed).update(state="kept")
    with pytest.raises(NotAllowedError, match="cannot be disposed"):
        propose_batch(keepers.officer, [before.reference], now)
    item = DisposalItem.objects.get(batch=approved, concern=late)
    # The database refuses by itself, whatever the portal believes.
    refuse(item, slug)
    gone = dispose_due(now)
    item.refresh_from_db()
    assert item.state == "kept"
    assert slug in item.kept_because
    assert Concern.objects.filter(pk=late.pk).exists()
    # Only what stands in its own way is kept: the other went, unless the schedule changed for both.
    assert gone == (0 if slug == "not_computed" else 1)


def test_a_message_that_a_lead_has_read_is_no_blocker(keepers: Keepers) -> None:
    concern = closed_concern(keepers.team)
    work_out(timezone.now())
    _said(keepers, concern)
    for reader, unread in ((concern.report.reporter, True), (keepers.lead, False)):
        record_view(
            "concern.viewed",
            actor=reader,
            shown=["conversation"],
            concern_id=concern.pk,
            report_id=concern.report_id,
        )
        assert ("unread" in blockers(concern)) is unread


def test_a_request_that_is_answered_or_of_somebody_else_is_no_blocker(keepers: Keepers) -> None:
    concern, other = closed_concern(keepers.team), closed_concern(keepers.team)
    said = {"reason": "x", "decided_by": keepers.officer}
    make_request(keepers, other, state="dropped", **said)
    request = make_request(keepers, concern, state="confirmed", **said)
    work_out(timezone.now())
    assert (blockers(concern), blockers(other)) == (["request_open"], [])
    AccessRequest.objects.filter(pk=request.pk).update(state="sent", ended_at=LONG_AGO)
    assert blockers(concern) == []
    AccessComplaint.objects.create(
        request=request,
        received_on=LONG_AGO,
        text="x",
        recorded_by=keepers.officer,
        acknowledge_by=LONG_AGO,
    )
    assert blockers(concern) == ["request_open"]


def test_a_restriction_in_force_is_a_blocker_until_it_ends(keepers: Keepers) -> None:
    concern = closed_concern(keepers.team)
    work_out(timezone.now())
    BREAKS["right_open"](keepers, concern)
    decided = {"reason": "x", "decided_by": keepers.officer, "decided_at": LONG_AGO}
    rights = DataRight.objects.filter(concern=concern)
    rights.update(decision="agreed", **decided)
    assert blockers(concern) == []
    make_right(keepers, concern, kind="restrict", decision="agreed", **decided)
    assert blockers(concern) == ["right_open"]
    rights.filter(kind="restrict").update(ended_at=LONG_AGO)
    assert blockers(concern) == []


def test_the_function_removes_nothing_before_two_people_and_the_days_of_waiting(
    keepers: Keepers,
) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team)
    work_out(now)
    batch = propose_batch(keepers.officer, [concern.reference], now)
    item = batch.items.get()
    approved = {"answered_by": keepers.second, "answered_at": now}
    for state, waits in (("proposed", 0), ("approved", 1), ("stopped", 0)):
        fields = approved | {"dispose_after": now + timedelta(days=waits, minutes=-1)}
        DisposalBatch.objects.filter(pk=batch.pk).update(state=state, **fields)
        refuse(item, "not approved")
    with pytest.raises(DatabaseError, match="approved_by_another"), transaction.atomic():
        DisposalBatch.objects.filter(pk=batch.pk).update(answered_by=keepers.officer)
    assert Concern.objects.filter(pk=concern.pk).exists()
