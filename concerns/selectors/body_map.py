"""The body map of one record: the marks that were filed, and those that came later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from concerns.bodymap.areas import figure_for
from concerns.bodymap.marks import Mark, View, from_dict, views_of
from concerns.dates import local_date
from concerns.rules.ages import age_on

if TYPE_CHECKING:
    from concerns.models import Concern, StruckMark


@dataclass(frozen=True)
class ShownMark:
    """A mark with who recorded it and when, and whether it was struck out since."""

    mark: Mark
    recorded_by: str
    recorded_at: datetime
    from_reporter: bool
    author_id: int
    struck: StruckMark | None = None


@dataclass(frozen=True)
class BodyMap:
    """All marks of one person, in the order of their numbers, and the drawing that fits them."""

    figure: str
    marks: list[ShownMark]

    @property
    def views(self) -> list[View]:
        """Return the drawings with all marks."""
        return views_of([shown.mark for shown in self.marks], self.figure, self.struck_numbers)

    @property
    def struck_numbers(self) -> frozenset[int]:
        """Return the numbers of the marks that were struck out."""
        return frozenset(shown.mark.number for shown in self.marks if shown.struck)

    @property
    def by_day(self) -> list[tuple[str, list[View]]]:
        """Return the drawings of each day on which marks were seen, oldest first, to compare them.

        Marks whose day is not known come last; marks that were struck out are left away. Nothing
        when all marks are of one day: there is nothing to compare.
        """
        days: dict[str, list[Mark]] = {}
        for shown in sorted(self.marks, key=lambda one: (not one.mark.seen_on, one.mark.seen_on)):
            if not shown.struck:
                days.setdefault(shown.mark.day_words, []).append(shown.mark)
        if len(days) < 2:
            return []
        return [
            (day, [view for view in views_of(marks, marks[0].figure) if view.spots])
            for day, marks in days.items()
        ]


def filed_marks(concern: Concern) -> list[Mark]:
    """Return the marks that were filed for the person whom the record is about."""
    kind, _, number = str(concern.assessment.get("ref", "")).rpartition(" ")
    maps = [card["body_map"] for card in concern.report.statement if "body_map" in card]
    return [
        from_dict(data)
        for found in maps
        if kind == "person" and str(found["person"]) == number
        for data in found["marks"]
    ]


def body_map_of(concern: Concern) -> BodyMap:
    """Return the body map of a record whose report is loaded, in two statements."""
    report = concern.report
    struck = {row.number: row for row in concern.struck_marks.select_related("author")}
    shown = [
        ShownMark(
            mark,
            str(report.reporter_details.get("name", "")),
            report.received_at,
            from_reporter=True,
            author_id=report.reporter_id,
            struck=struck.get(mark.number),
        )
        for mark in filed_marks(concern)
    ]
    shown += [
        ShownMark(
            from_dict(row.data),
            row.author.full_name,
            row.created_at,
            row.from_reporter,
            row.author_id,
            struck.get(row.number),
        )
        for row in concern.body_marks.select_related("author")
    ]
    return BodyMap(_figure_of(concern), shown)


def is_born(concern: Concern) -> bool:
    """Whether there can be a body map of the person whom the record is about."""
    return _person(concern).get("group") != "unborn"


def _person(concern: Concern) -> dict[str, Any]:
    ref, facts = concern.assessment.get("ref"), concern.report.facts
    people = [*facts.get("people", []), *facts.get("household", [])]
    return next((one for one in people if one.get("ref") == ref), {})


def _figure_of(concern: Concern) -> str:
    """Return which drawing fits the person, by what the report says of their age."""
    person = _person(concern)
    low, high = person.get("age_min"), person.get("age_max")
    if person.get("dob"):
        born = date.fromisoformat(person["dob"])
        low = high = age_on(local_date(concern.received_at), born)
    return figure_for(str(person.get("group", "")), low, high)
