"""The daily statement: once after London's midnight, chained, and never more than allowed."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from concerns.models import Concern, DailyStatement, Exclusion
from concerns.services.statement import BEGINNING, first_broken, write_statement
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from tests.custody.conftest import Council
from tests.factories import NOON, make_concern, make_team

MIDNIGHT = datetime(2026, 11, 25, 0, 5, tzinfo=UTC)
DAY = date(2026, 11, 24)
PAGE = "/custody/statements/"


def client_of(user: User) -> Client:
    """Return a browser of a person who is signed in."""
    client = Client()
    client.force_login(user)
    return client


def rows_of(answer: bytes) -> list[list[str]]:
    """Return the rows of a CSV file beneath its head."""
    return list(csv.reader(io.StringIO(answer.decode())))[1:]


@pytest.mark.parametrize(
    ("now", "day"),
    [
        (MIDNIGHT, DAY),
        (MIDNIGHT - timedelta(minutes=6), DAY - timedelta(days=1)),
        # In summer London's midnight is at 11pm UTC.
        (datetime(2026, 7, 1, 23, 5, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 22, 55, tzinfo=UTC), date(2026, 6, 30)),
        # The night in which the clocks go back.
        (datetime(2026, 10, 24, 23, 5, tzinfo=UTC), date(2026, 10, 24)),
        (datetime(2026, 10, 26, 0, 5, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_it_states_the_day_that_ended_last_in_london(db: None, now: datetime, day: date) -> None:
    statement = write_statement(now)
    assert statement is not None
    assert statement.day == day


def test_it_is_written_once_and_lists_what_is_open_and_what_was_closed_that_day(
    council: Council,
) -> None:
    new = make_concern(council.children)
    closed = make_concern(council.children, state="closed", closed_at=NOON)
    make_concern(council.children, state="closed", closed_at=NOON - timedelta(days=1))
    statement = write_statement(MIDNIGHT)
    assert statement is not None
    assert write_statement(MIDNIGHT + timedelta(hours=1)) is None
    assert statement.references["new"] == [new.reference]
    assert statement.references["closed"] == [closed.reference]
    assert statement.numbers["submitted"] == 3
    event = Event.objects.get(name="statement.written")
    assert event.detail == {"hash": statement.hash}


def test_each_is_chained_to_the_one_before_and_a_change_breaks_the_chain(council: Council) -> None:
    for days in range(3):
        make_concern(council.children)
        write_statement(MIDNIGHT + timedelta(days=days))
    chain = list(DailyStatement.objects.order_by("day"))
    assert chain[0].previous_hash == BEGINNING
    assert [item.previous_hash for item in chain[1:]] == [item.hash for item in chain[:-1]]
    assert first_broken(chain) is None
    chain[1].numbers["submitted"] = 9
    assert first_broken(chain) == chain[1]
    chain[1].refresh_from_db()
    assert first_broken([chain[0], chain[2]]) == chain[2]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_or_remove_one(act: str, db: None) -> None:
    write_statement(MIDNIGHT)
    rows = DailyStatement.objects.all()
    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        _ = rows.delete() if act == "delete" else rows.update(hash="0" * 64)


def test_a_manager_reads_it_and_takes_it_as_csv_without_what_they_may_not_see(
    council: Council,
) -> None:
    mine = make_concern(council.children)
    restricted = make_concern(council.children, restricted=True)
    excluded = make_concern(council.children)
    Exclusion.objects.create(
        report=excluded.report, user=council.manager, kind="excluded", reason="named"
    )
    write_statement(MIDNIGHT)
    client = client_of(council.manager)
    assert DAY.isoformat() in client.get(PAGE).content.decode()
    text = client.get(f"{PAGE}{DAY}/").content.decode()
    assert mine.reference in text
    assert "New: 2" in text
    answer = client.get(f"{PAGE}{DAY}/csv/")
    assert rows_of(answer.content) == [
        ["2026-11-24", "new", mine.reference],
        ["2026-11-24", "new", "not shown"],
    ]
    for hidden in (restricted.reference, excluded.reference):
        assert hidden not in text + answer.content.decode()
    looks = Event.objects.filter(name__in=("statement.viewed", "statement.exported"))
    assert [event.detail for event in looks] == [{"shown": [mine.reference]}] * 2


def test_the_numbers_of_the_whole_are_for_whoever_may_count_the_whole(council: Council) -> None:
    make_concern(council.children)
    make_concern(council.adults, restricted=True)
    other = make_team()
    make_concern(other)
    write_statement(MIDNIGHT)
    words = "Waiting to be taken, with a bell to ring"
    assert words in client_of(council.corporate).get(f"{PAGE}{DAY}/").content.decode()
    assert words not in client_of(council.manager).get(f"{PAGE}{DAY}/").content.decode()


@pytest.mark.parametrize("day", ["2026-11-23", "yesterday", "2026-99-99", "0", "😀"])
def test_a_day_without_one_does_not_exist(day: str, council: Council) -> None:
    for path in (f"{PAGE}{day}/", f"{PAGE}{day}/csv/"):
        assert client_of(council.manager).get(path).status_code == 404


def test_before_the_first_the_list_says_when_it_comes(council: Council) -> None:
    text = client_of(council.manager).get(PAGE).content.decode()
    assert "The first is written after midnight" in text
    assert Concern.objects.count() == 0
