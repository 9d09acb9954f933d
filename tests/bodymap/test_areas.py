"""The table of areas and the drawings agree: whatever can be chosen can be drawn, and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concerns.bodymap.areas import (
    ADULT,
    AREAS,
    BABY,
    BY_SLUG,
    CHILD,
    FIGURES,
    VIEWS,
    Area,
    areas_of,
    figure_for,
)
from concerns.bodymap.figures import FULL, drawing, middle_of
from concerns.bodymap.geometry import is_inside
from concerns.bodymap.marks import place

SIDES = [(figure, view) for figure in FIGURES for view in VIEWS]
POSITION = st.integers(min_value=0, max_value=FULL)


@pytest.mark.parametrize(("figure", "view"), SIDES)
def test_a_drawing_has_the_areas_that_the_table_says_and_no_others(figure: str, view: str) -> None:
    drawn = {item.area.slug for item in drawing(figure, view).areas}
    told = {area.slug for area in AREAS if area.view == view and figure in area.figures}
    assert drawn == told


@given(area=st.sampled_from(AREAS), data=st.data())
def test_the_middle_of_every_area_lies_in_it_on_every_figure_that_has_it(
    area: Area, data: st.DataObject
) -> None:
    figure = data.draw(st.sampled_from(area.figures))
    x, y = middle_of(figure, area)
    assert 0 <= x <= FULL
    assert 0 <= y <= FULL
    assert drawing(figure, area.view).area_at(x, y) == area


@settings(max_examples=300)
@given(side=st.sampled_from(SIDES), x=POSITION, y=POSITION)
def test_every_point_of_a_body_is_in_one_area_and_no_point_beside_it_is(
    side: tuple[str, str], x: int, y: int
) -> None:
    drawn = drawing(*side)
    found = drawn.area_at(x, y)
    assert (found is not None) == is_inside(drawn.units(x, y), drawn.body)
    if found is not None:
        assert found.view == side[1]
        assert side[0] in found.figures


@settings(max_examples=200)
@given(side=st.sampled_from(SIDES), x=POSITION, y=POSITION)
def test_the_other_side_of_a_left_is_a_right(side: tuple[str, str], x: int, y: int) -> None:
    drawn = drawing(*side)
    here, there = drawn.area_at(x, y), drawn.area_at(FULL - x, y)
    if here is None or there is None or here.part != there.part or not here.side:
        return
    if abs(x - FULL / 2) > 1:
        assert {here.side, there.side} == {"left", "right"}


def test_the_persons_left_is_on_the_right_from_the_front_and_on_the_left_from_behind() -> None:
    assert middle_of(CHILD, BY_SLUG["left-forearm-front"])[0] > FULL / 2
    assert middle_of(CHILD, BY_SLUG["left-forearm-back"])[0] < FULL / 2


def test_slugs_and_words_are_used_once() -> None:
    assert len(BY_SLUG) == len(AREAS)
    assert len({area.words for area in AREAS}) == len(AREAS)


@pytest.mark.parametrize("figure", FIGURES)
def test_the_list_offers_each_area_of_the_figure_once(figure: str) -> None:
    listed = [area.slug for _, areas in areas_of(figure) for area in areas]
    assert sorted(listed) == sorted(area.slug for area in AREAS if figure in area.figures)


@given(side=st.sampled_from(SIDES), area=st.sampled_from(AREAS), x=POSITION, y=POSITION)
def test_a_position_counts_only_in_the_area_that_was_chosen(
    side: tuple[str, str], area: Area, x: int, y: int
) -> None:
    figure = side[0] if side[0] in area.figures else area.figures[0]
    found = place(figure, area.slug, x, y)
    at = drawing(figure, area.view).area_at(found["x"], found["y"])
    assert at == area
    assert found["is_exact"] == (drawing(figure, area.view).area_at(x, y) == area)


@pytest.mark.parametrize(
    ("group", "youngest", "oldest", "figure"),
    [
        ("child", 0, 2, BABY),
        ("child", 1, 1, BABY),
        ("child", 2, 2, CHILD),
        ("child", 12, 12, CHILD),
        ("child", 13, None, ADULT),
        ("child", None, None, CHILD),
        ("unknown", None, None, CHILD),
        ("adult", None, None, ADULT),
        ("unknown", None, 1, BABY),
    ],
)
def test_the_drawing_follows_the_age(
    group: str, youngest: int | None, oldest: int | None, figure: str
) -> None:
    assert figure_for(group, youngest, oldest) == figure
