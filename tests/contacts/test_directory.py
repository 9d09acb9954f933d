"""Whom to call: the shipped directory at every change of state, against an independent engine."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from govuk_bank_holidays.bank_holidays import BankHolidays
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from concerns.clockface import working_hours
from contacts.directory import (
    REQUIRED_AGENCIES,
    Agency,
    Directory,
    DirectoryGapError,
    Line,
    UnknownAgencyError,
)
from contacts.holidays import YEARS, england_holidays
from contacts.hours import ALL_DAY, LONDON, Hours, Spell
from contacts.proof import problems_of
from contacts.selectors import current_directory, referral_mailbox
from contacts.snapshot import SHIPPED, WEEKDAYS, directory_from, read_versions, write_versions

FRIDAY_1620 = datetime(2026, 11, 27, 16, 20, tzinfo=UTC)
START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def shipped() -> Directory:
    """Return the directory that ships with the portal."""
    return directory_from(read_versions(SHIPPED)[0])


@pytest.mark.parametrize(
    ("agency", "moment", "number"),
    [
        ("childrens-social-care", "2026-11-27T16:14:59+00:00", "0121 303 1888"),
        ("childrens-social-care", "2026-11-27T16:15:00+00:00", "0121 675 4806"),
        ("childrens-social-care", "2026-11-27T16:20:00+00:00", "0121 675 4806"),
        ("adult-social-care", "2026-11-27T16:20:00+00:00", "0121 303 1234"),
        ("adult-social-care", "2026-11-27T17:00:00+00:00", "0121 675 4806"),
        ("childrens-social-care", "2026-11-26T17:14:59+00:00", "0121 303 1888"),
        ("childrens-social-care", "2026-12-24T12:00:00+00:00", "0121 303 1888"),
        ("childrens-social-care", "2026-12-25T12:00:00+00:00", "0121 675 4806"),
        ("childrens-social-care", "2026-12-28T12:00:00+00:00", "0121 675 4806"),
        ("childrens-social-care", "2027-03-26T12:00:00+00:00", "0121 675 4806"),
        ("childrens-social-care", "2027-03-29T12:00:00+01:00", "0121 675 4806"),
        ("childrens-social-care", "2026-07-01T07:50:00+00:00", "0121 303 1888"),
        ("adult-social-care", "2027-12-27T12:00:00+00:00", "0121 675 4806"),
        ("police-emergency", "2026-12-25T03:00:00+00:00", "999"),
        ("police-non-emergency", "2026-12-25T03:00:00+00:00", "101"),
        ("lado", "2026-11-27T16:20:00+00:00", "0121 675 4806"),
        ("lado", "2026-11-27T12:00:00+00:00", "0121 675 1669"),
        ("pipot", "2026-11-27T16:20:00+00:00", "0121 303 1234"),
        ("amhp", "2026-11-28T12:00:00+00:00", "0121 675 4806"),
        ("prevent", "2026-12-25T12:00:00+00:00", "0800 011 3764"),
        ("forced-marriage-unit", "2026-11-28T12:00:00+00:00", "101"),
        ("modern-slavery-helpline", "2026-11-28T03:00:00+00:00", "08000 121 700"),
        ("solihull-childrens-social-care", "2026-11-27T16:29:00+00:00", "0121 788 4300"),
        ("solihull-childrens-social-care", "2026-11-27T16:30:00+00:00", "0121 605 6060"),
    ],
)
def test_the_number_at_a_minute(agency: str, moment: str, number: str) -> None:
    assert shipped().who_to_call(agency, datetime.fromisoformat(moment)).number == number


def _osm(item: dict[str, object], holidays: frozenset[date]) -> OpeningHours:
    """Write a line's hours in the language of the independent engine, holidays as closed dates."""
    week: dict[str, list[list[str]]] = item["week"]  # type: ignore[assignment]
    rules = [
        f"{osm} {','.join(f'{opens}-{closes}' for opens, closes in week[day])}"
        for osm, day in zip(OSM_DAYS, WEEKDAYS, strict=True)
        if week[day]
    ]
    if item["closed_on_holidays"]:
        rules += [f"{day:%Y %b %d} off" for day in sorted(holidays) if 2026 <= day.year <= 2028]
    return OpeningHours("; ".join(rules))


@pytest.mark.parametrize("agency", REQUIRED_AGENCIES)
def test_every_answer_from_2026_to_2028_agrees_with_an_independent_engine(agency: str) -> None:
    directory = shipped()
    items = {item["slug"]: item for item in read_versions(SHIPPED)[0]["lines"]}
    chain = directory.chain(agency)
    oracles = [_osm(items[line.slug], england_holidays(YEARS)) for line in chain]

    def expected(moment: datetime) -> str:
        wall = moment.astimezone(LONDON).replace(tzinfo=None)
        for line, oracle in zip(chain, oracles, strict=True):
            if oracle.is_open(wall):
                return line.slug
        raise AssertionError(f"nobody answers at {moment}")

    moment, changes = START, 0
    while moment < END:
        answer = directory.who_to_call(agency, moment)
        assert answer.line.slug == expected(moment), moment
        if answer.until is None:
            break
        just_before = answer.until - timedelta(seconds=1)
        assert expected(just_before) == answer.line.slug
        assert directory.who_to_call(agency, answer.until).line != answer.line
        moment, changes = answer.until, changes + 1
    assert changes > 1000 or answer.until is None


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=0, max_size=2).map(
            lambda pairs: tuple(Spell(start, start + length) for start, length in pairs)
        ),
        min_size=14,
        max_size=14,
    ),
    st.integers(0, 3 * 365 * 24 * 60),
)
def test_any_directory_that_ends_in_an_open_line_has_exactly_one_answer(
    days: list[tuple[Spell, ...]], minute: int
) -> None:
    moment = START + timedelta(minutes=minute)
    always = Hours((ALL_DAY,) * 7, closed_on_holidays=False)
    lines = [
        Line("one", "one", "1", Hours(tuple(days[:7])), "two", "s"),
        Line("two", "two", "2", Hours(tuple(days[7:])), "three", "s"),
        Line("three", "three", "3", always, None, "s"),
    ]
    directory = Directory(
        "v", START, {"a": Agency("a", "A", "x", "one", "w")}, {line.slug: line for line in lines}
    )
    answer = directory.who_to_call("a", moment)
    is_open = [line.hours.is_open(moment) for line in lines]
    assert answer.line is lines[is_open.index(True)]
    if answer.until is not None:
        before = max(moment, answer.until - timedelta(microseconds=1))
        assert directory.who_to_call("a", before).line is answer.line
        assert directory.who_to_call("a", answer.until).line is not answer.line


def test_bank_holidays_agree_with_the_governments_list() -> None:
    official = {
        item["date"]
        for item in BankHolidays(use_cached_holidays=True).get_holidays(
            division=BankHolidays.ENGLAND_AND_WALES
        )
    }
    years = {day.year for day in official} & {2025, 2026, 2027}
    assert len(years) >= 2
    for year in years:
        ours = {day for day in england_holidays([year]) if day.weekday() < 5}
        # A holiday on a weekend is listed officially by its substitute day alone.
        assert {day for day in official if day.year == year} == ours


def test_the_packaged_holidays_last_for_18_months_more() -> None:
    in_18_months = datetime.now(UTC).date() + timedelta(days=548)
    assert max(england_holidays()) > in_18_months
    assert set(YEARS) >= {in_18_months.year}


def test_every_required_agency_ends_in_a_line_that_never_closes() -> None:
    assert problems_of(read_versions(SHIPPED)[0], START) == ()


def test_the_conflict_over_the_adult_number_is_carried_and_does_not_change_the_number() -> None:
    conflict = shipped().conflicts[0]
    assert (conflict.shown, conflict.other) == ("0121 675 4806", "0121 464 9001")
    assert shipped().lines[conflict.line].number == conflict.shown


def test_words_say_until_when_and_who_is_next() -> None:
    answer = shipped().who_to_call("childrens-social-care", FRIDAY_1620 - timedelta(hours=1))
    assert answer.until_words == "until 4:15pm today, then the emergency duty team (EDT)"


def test_the_command_prints_json_with_its_reasons() -> None:
    out = StringIO()
    call_command("who_to_call", "lado", "--at", "2026-11-27T16:20+00:00", "--json", stdout=out)
    data = json.loads(out.getvalue())
    assert {"agency", "line", "number", "open", "until", "why", "fallbacks"} <= set(data)
    assert (data["line"], data["open"]) == ("edt", True)
    assert data["until"] == "2026-11-30T08:45:00+00:00"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "Known: adult-social-care"),
        (["lado", "--at", "2026-11-27T16:20"], "no time zone"),
        (["lado", "--at", "yesterday"], "is not a time"),
    ],
)
def test_the_command_says_what_is_wrong(arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        call_command("who_to_call", *arguments)


def test_a_gap_and_a_circle_are_named() -> None:
    closed = Hours(((),) * 7)
    agency = {"a": Agency("a", "A", "x", "one", "w")}
    gap = Directory("v", START, agency, {"one": Line("one", "one", "1", closed, None, "s")})
    with pytest.raises(DirectoryGapError, match="Nobody answers"):
        gap.who_to_call("a", START)
    circle = Directory("v", START, agency, {"one": Line("one", "one", "1", closed, "one", "s")})
    with pytest.raises(DirectoryGapError, match="circle"):
        circle.who_to_call("a", START)
    with pytest.raises(UnknownAgencyError):
        gap.who_to_call("b", START)


def test_a_future_version_starts_at_its_minute_without_a_query(
    settings: object, tmp_path: Path
) -> None:
    now = read_versions(SHIPPED)[0]
    later = json.loads(json.dumps(now)) | {
        "version": "next",
        "effective_from": "2026-12-01T00:00:00+00:00",
    }
    later["lines"][0]["number"] = "0121 496 0999"
    path = tmp_path / "snapshot.json"
    write_versions(path, [later, now])
    settings.CONTACTS_SNAPSHOT = path  # type: ignore[attr-defined]
    before, after = datetime(2026, 11, 30, 12, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
    assert current_directory(before).who_to_call("childrens-social-care", before).number == (
        "0121 303 1888"
    )
    assert current_directory(after).version == "next"
    assert current_directory(after).who_to_call("childrens-social-care", after).number == (
        "0121 496 0999"
    )


def test_each_agency_that_takes_referrals_has_a_mailbox_and_the_police_have_none() -> None:
    assert referral_mailbox("adult-social-care") == "CSAdultSocialCare@birmingham.gov.uk"
    assert referral_mailbox("childrens-social-care") == "childrens-social-care@example.org"
    assert referral_mailbox("police-non-emergency") is None
    assert shipped().agencies["childrens-social-care"].mailbox_is_placeholder


def test_working_days_end_when_the_front_door_closes() -> None:
    hours = working_hours(shipped())
    thursday = datetime(2026, 12, 24, 12, tzinfo=UTC)
    assert hours.after_working_days(thursday, 1) == datetime(2026, 12, 29, 17, 15, tzinfo=UTC)


def test_get_help_now_needs_no_sign_in_and_no_query() -> None:
    # Without the `db` mark any query is refused.
    page = Client().get("/get-help-now/")
    assert page.status_code == 200
    text = page.content.decode()
    for number in ("999", "tel:0121", "Modern Slavery Helpline", "Forced Marriage Unit"):
        assert number in text
    assert "0121 464 9001" not in text
