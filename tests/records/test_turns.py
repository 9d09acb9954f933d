"""Disposal and holds at the same moment: they take turns, whatever comes first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from concerns.models import Attachment, Concern, DisposalItem, LegalHold, Report
from concerns.services import disposal
from concerns.services.disposal import approve_batch, dispose_due, dispose_item, propose_batch
from concerns.services.holds import Inquiry, hold_for_inquiry, hold_record
from concerns.services.retention import work_out
from safeguarding_portal.audit.models import Event
from safeguarding_portal.files import store
from safeguarding_portal.files.models import StoredFile
from safeguarding_portal.files.services import Received, keep
from tests.factories import make_report
from tests.records.conftest import LONG_AGO, Keepers, closed_concern, make_keepers
from tests.services import wait_until

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def own(own_database: str) -> Keepers:
    """Return the people, in a database in which everything really commits."""
    return make_keepers()


def agreed(keepers: Keepers, concern: Concern) -> int:
    """Return an item of a batch of its own that may go now."""
    now = timezone.now()
    batch = propose_batch(keepers.officer, [concern.reference], now - timedelta(days=9))
    approve_batch(batch.pk, keepers.second, now - timedelta(days=8))
    return DisposalItem.objects.get(batch=batch).pk


def somebody_waits() -> bool:
    """Whether a connection to this database waits for a lock of another."""
    with connection.cursor() as cursor:
        # Within a transaction it would be told the same each time.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def in_thread(act: Callable[[], object], results: list[object]) -> threading.Thread:
    """Begin the act in a thread with a connection of its own; keep what it returns or raises."""

    def run() -> None:
        try:
            results.append(act())
        except Exception as error:
            results.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def with_a_file(report: Report, keepers: Keepers) -> None:
    """Hang a file on a report."""
    file = keep(Received("a.wav", "wav", store.seal([b"sound"])), keepers.lead, LONG_AGO, "report")
    StoredFile.objects.update(state="clean", scanned_at=LONG_AGO, preview="none", next_try_at=None)
    Attachment.objects.create(
        part="report",
        file=file,
        report=report,
        added_by=keepers.lead,
        name=file.name,
        kind=file.kind,
        size=file.size,
        sha256=file.sha256,
        created_at=LONG_AGO,
        sent_at=LONG_AGO,
    )


def test_two_runs_that_remove_the_last_two_concerns_of_a_report_leave_no_file(
    own: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = make_report(received_at=LONG_AGO)
    with_a_file(report, own)
    concerns = [closed_concern(own.team, report=report) for _ in range(2)]
    work_out(timezone.now())
    items = [agreed(own, concern) for concern in concerns]
    remove, reached = disposal._remove, set[int]()

    def once_both_are_on_their_way(item: DisposalItem) -> object:
        reached.add(item.pk)
        wait_until(lambda: len(reached) == 2 or somebody_waits())
        return remove(item)

    monkeypatch.setattr(disposal, "_remove", once_both_are_on_their_way)
    results: list[object] = []
    threads = [
        in_thread(lambda pk=item: dispose_item(pk, timezone.now()), results)  # type: ignore[misc]
        for item in items
    ]
    for thread in threads:
        thread.join()
    assert results == [True, True]
    assert not Report.objects.exists()
    assert dispose_due(timezone.now()) == 0
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("kind", ["inquiry", "concern"])
def test_a_hold_comes_before_a_removal_or_after_it(
    kind: str, own: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern = closed_concern(own.team)
    reference = concern.reference
    work_out(timezone.now())
    item = agreed(own, concern)
    note, holding, results = disposal._record_one, list[threading.Thread](), list[object]()

    def hold() -> LegalHold:
        if kind == "inquiry":
            return hold_for_inquiry(own.officer, Inquiry(), "An inquiry", timezone.now())
        return hold_record(reference, "concern", own.officer, "A claim", timezone.now())

    def while_somebody_holds(*args: object, **more: object) -> None:
        # The rows are gone and nothing is committed: a hold comes in.
        holding.append(in_thread(hold, results))
        wait_until(lambda: results or somebody_waits())
        note(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(disposal, "_record_one", while_somebody_holds)
    assert dispose_item(item, timezone.now())
    holding[0].join()
    assert not Concern.objects.exists()
    if kind == "concern":
        assert isinstance(results[0], Http404), results
    else:
        assert isinstance(results[0], LegalHold), results
        told = Event.objects.filter(name__in=["hold.placed", "concern.disposed"]).order_by("id")
        assert [event.name for event in told] == ["concern.disposed", "hold.placed"]
