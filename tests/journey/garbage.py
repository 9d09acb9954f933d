"""Answers that no browser of ours would send, and answers close to what one does."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from concerns.journey import options
from concerns.journey.steps import QUESTIONS

any_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = (
    "danger group dob_day dob_month dob_year age due_day due_month due_year mother_age support",
    "lives area now needs worry account known ongoing date_day date_month date_year before_18 hurt",
    "missing linked job agree done ticks worse plan relation reach conduct regulated could_harm",
    "query staff who kind touched crime grounds reason capacity speaks abroad worker told share",
    "risk anyone phone agency police_reference name",
)
FIELDS = [name for line in NAMES for name in line.split()]
VALUES = sorted(
    {
        option.value
        for found in vars(options).values()
        if isinstance(found, tuple)
        for option in found
        if hasattr(option, "value")
    }
)
NUMBERS = ["", ".1", ".2", ".3", ".12", ".13", ".0", ".02", ".999", ".x", ".٢", "."]
DATES = ["", " ", "31", "2", "6", "25", "2010", "2030", "June"]
ODD = [*DATES, "9" * 50, "٣", "²", "same", "\x00", "😀"]
_values = st.one_of(st.sampled_from(VALUES), st.sampled_from(ODD), st.text(max_size=8))
_field = st.lists(_values | st.none() | st.integers(), max_size=3) | any_json
_page = st.dictionaries(st.sampled_from(FIELDS), _field, max_size=8) | any_json
_key = st.builds(
    lambda slug, number: slug + number, st.sampled_from(sorted(QUESTIONS)), st.sampled_from(NUMBERS)
)
likely_answers = st.dictionaries(_key | st.text(max_size=5), _page, max_size=25)
