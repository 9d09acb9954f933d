"""Dates as people type them, and the words when they are wrong (CONTENT, dates)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeguarding_portal.design_system.dates import (
    EARLIEST_YEAR,
    MONTHS,
    PARTS,
    DateParts,
    DateProblemError,
    read_date,
)

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        (("23", "4", "2011"), date(2011, 4, 23)),
        (("03", "04", "2011"), date(2011, 4, 3)),
        ((" 3 ", " April ", " 2011 "), date(2011, 4, 3)),
        (("3rd", "apr", "2011"), date(2011, 4, 3)),
        (("1ST", "SEPT.", "2011"), date(2011, 9, 1)),
        (("29", "2", "2024"), date(2024, 2, 29)),
        (("27", "11", "2026"), TODAY),
        (("1", "1", "1900"), date(1900, 1, 1)),
        (("٣", "٤", "٢٠١١"), date(2011, 4, 3)),
    ],
)
def test_a_date_is_read_however_it_is_written(typed: tuple[str, str, str], expected: date) -> None:
    assert read_date(DateParts(*typed), today=TODAY) == expected


@pytest.mark.parametrize(
    ("typed", "message", "parts"),
    [
        (("23", "", "2011"), "Add the month", ("month",)),
        (("", "4", "2011"), "Add the day", ("day",)),
        (("23", "4", "  "), "Add the year", ("year",)),
        (("", "", "2011"), "Add the day and month", ("day", "month")),
        (("31", "6", "2011"), "June has 30 days. Check the day", ("day",)),
        (("0", "6", "2011"), "June has 30 days. Check the day", ("day",)),
        (("32", "January", "2011"), "January has 31 days. Check the day", ("day",)),
        (("29", "2", "2025"), "February 2025 has 28 days. Check the day", ("day",)),
        (("30", "2", "2024"), "February 2024 has 29 days. Check the day", ("day",)),
        (("23", "4", "25"), "Write the year with 4 numbers", ("year",)),
        (("23", "4", "20255"), "Write the year with 4 numbers", ("year",)),
        (("23", "4", "last"), "Write the year with 4 numbers", ("year",)),
        (("23", "4", "0025"), "The year must be 1900 or later. Check it", ("year",)),
        (("23", "13", "2011"), "Write the month as a number from 1 to 12, or its name", ("month",)),
        (
            ("23", "Brumaire", "2011"),
            "Write the month as a number from 1 to 12, or its name",
            ("month",),
        ),
        (("x", "4", "2011"), "Write the day as a number", ("day",)),
        (("²", "4", "2011"), "Write the day as a number", ("day",)),
        (("9" * 5000, "4", "2011"), "Write the day as a number", ("day",)),
        (("28", "11", "2026"), "28 November 2026 has not come yet. Check it", PARTS),
        (("1", "jan", "9999"), "1 January 9999 has not come yet. Check it", PARTS),
    ],
)
def test_a_wrong_date_says_what_to_mend_and_where(
    typed: tuple[str, str, str], message: str, parts: tuple[str, ...]
) -> None:
    with pytest.raises(DateProblemError) as problem:
        read_date(DateParts(*typed), today=TODAY)
    assert problem.value.message == message
    assert problem.value.parts == parts


def test_a_date_to_come_is_taken_where_it_makes_sense() -> None:
    due = read_date(DateParts("1", "3", "2027"), today=TODAY, may_be_future=True)
    assert due == date(2027, 3, 1)


@given(st.dates(min_value=date(EARLIEST_YEAR, 1, 1), max_value=TODAY), st.booleans())
def test_every_date_up_to_today_comes_back_the_same(day: date, with_name: bool) -> None:
    month = MONTHS[day.month - 1] if with_name else str(day.month)
    assert read_date(DateParts(str(day.day), month, str(day.year)), today=TODAY) == day


@given(st.text(), st.text(), st.text())
def test_anything_else_gets_words_and_never_an_accident(day: str, month: str, year: str) -> None:
    found: date | None = None
    words, parts = "", tuple(PARTS)
    try:
        found = read_date(DateParts(day, month, year), today=TODAY)
    except DateProblemError as problem:
        words, parts = problem.message, problem.parts
    assert (found is None) == bool(words)
    assert found is None or date(EARLIEST_YEAR, 1, 1) <= found <= TODAY
    assert parts
    assert set(parts) <= set(PARTS)
