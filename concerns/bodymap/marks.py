"""One mark on the body, as it is kept in the statement, on the record and in the referral pack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, time
from typing import Any

from concerns.bodymap.areas import ADULT, BABY, BY_SLUG, CHILD, VIEWS
from concerns.bodymap.figures import FULL, Drawing, drawing, middle_of
from concerns.bodymap.kinds import COLOURS, KIND_BY_SLUG, OTHER

MM_IN_CM = 10
NOON = 12
# How far apart, in thousandths of the width, marks are drawn that stand at the same place.
APART = 62
# How large its sign is, of the drawing's width.
SIGN = 0.036
NOUNS = {BABY: "a baby", CHILD: "a child", ADULT: "an adult"}
PLACES = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))


@dataclass(frozen=True)
class Mark:
    """A mark as recorded: words and slugs both, so that it still reads when the tables change.

    `x` and `y` are thousandths of the drawing of `figure` from `view`; unless `is_exact` they stand
    for the area as a whole. `seen_on` and `seen_at` are ISO date and wall time in Europe/London,
    empty when not known.
    """

    number: int
    figure: str
    view: str
    area: str
    area_words: str
    x: int
    y: int
    is_exact: bool
    kind: str
    kind_words: str
    looks: str = ""
    length_mm: int | None = None
    width_mm: int | None = None
    colours: Sequence[str] = field(default_factory=list)
    seen_by: str = ""
    seen_on: str = ""
    seen_at: str = ""
    said: str = ""
    said_by: str = ""

    @property
    def size_words(self) -> str:
        """Return "3 cm by 2 cm"; nothing when no size is known."""
        known = [_cm(size) for size in (self.length_mm, self.width_mm) if size]
        return " by ".join(known)

    @property
    def colour_words(self) -> str:
        """Return "purple and yellow"; nothing when none was chosen."""
        words = [COLOURS.get(slug, slug) for slug in self.colours]
        return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)

    @property
    def words(self) -> str:
        """Return the mark in a line: "left forearm, front: bruise, 3 cm by 2 cm, purple"."""
        what = self.looks if self.kind == OTHER and self.looks else self.kind_words.lower()
        said = (what, self.size_words, self.colour_words)
        return f"{self.area_words}: " + ", ".join(part for part in said if part)

    @property
    def title(self) -> str:
        """Return the line with its number, as it is read out."""
        return f"Mark {self.number}: {self.words}"

    @property
    def when_words(self) -> str:
        """Return "24 November 2026, 4:20pm", wall time in London, or that nobody knows."""
        if not self.seen_on or not self.seen_at:
            return self.day_words
        clock = time.fromisoformat(self.seen_at)
        half = "am" if clock.hour < NOON else "pm"
        return f"{self.day_words}, {clock.hour % NOON or NOON}:{clock.minute:02}{half}"

    @property
    def day_words(self) -> str:
        """Return the day on which it was seen, such as "24 November 2026"."""
        if not self.seen_on:
            return "date not known"
        day = date.fromisoformat(self.seen_on)
        return f"{day.day} {day:%B} {day.year}"

    @property
    def said_words(self) -> str:
        """Return what was said about it, and by whom; nothing when nothing was."""
        if not self.said:
            return ""
        return f"{self.said_by or 'Somebody'} said: {self.said}"

    @property
    def looks_words(self) -> str:
        """Return what it looks like, unless that is already what it is called."""
        return f"It looks like this: {self.looks}" if self.looks and self.kind != OTHER else ""

    @property
    def seen_words(self) -> str:
        """Return who saw it, and when."""
        return f"Seen by {self.seen_by or 'nobody named'}, {self.when_words}"

    @property
    def details_words(self) -> str:
        """Return what else is recorded of it, a line each."""
        told = (self.looks_words, self.seen_words, self.said_words)
        return "\n".join(part for part in told if part)

    @property
    def full_words(self) -> str:
        """Return everything that is recorded of it, as the statement tells it."""
        return f"{self.words}\n{self.details_words}"

    def to_dict(self) -> dict[str, Any]:
        """Return it JSON-able; `from_dict` reads it back."""
        return asdict(self) | {"colours": list(self.colours)}


def from_dict(data: dict[str, Any]) -> Mark:
    """Read a mark back; what a later release may have added is left out."""
    known = {item.name for item in fields(Mark)}
    return Mark(**{key: value for key, value in data.items() if key in known})


def _cm(millimetres: int) -> str:
    return f"{millimetres / MM_IN_CM:g} cm"


def place(figure: str, area: str, x: int | None, y: int | None) -> dict[str, Any]:
    """Return where a mark is: figure, view, area and position.

    A position that is not in the area is not counted: the list leads, and the mark stands for the
    area as a whole. Raises `KeyError` for an area or a figure that we do not have, `ValueError` for
    an area that is not on the figure.
    """
    found = BY_SLUG[area]
    drawn = drawing(figure, found.view)
    exact = x is not None and y is not None and drawn.area_at(x, y) == found
    at = (x, y) if exact else middle_of(figure, found)
    return {
        "figure": figure,
        "view": found.view,
        "area": found.slug,
        "area_words": found.words,
        "x": at[0],
        "y": at[1],
        "is_exact": exact,
    }


def kind_words(slug: str) -> str:
    """Return the words of a kind."""
    return KIND_BY_SLUG[slug].words


@dataclass(frozen=True)
class Spot:
    """A numbered mark where it is drawn, in the drawing's own units, and what it tells."""

    mark: Mark
    x: float
    y: float
    radius: float
    is_struck: bool = False

    @property
    def text_y(self) -> float:
        """Return where its number stands, so that it is in the middle of the sign."""
        return self.y + self.radius * 0.45

    @property
    def cross(self) -> str:
        """Return the stroke through a mark that was struck out, as an SVG path."""
        reach = self.radius * 1.3
        return (
            f"M{self.x - reach:.1f} {self.y + reach:.1f}L{self.x + reach:.1f} {self.y - reach:.1f}"
        )


@dataclass(frozen=True)
class View:
    """One drawing with its marks. `words` is what it shows to those who do not see it."""

    figure: str
    view: str
    width: int
    height: int
    spots: tuple[Spot, ...]

    @property
    def title(self) -> str:
        """Return which side it is: "Front"."""
        return VIEWS[self.view]

    @property
    def whose(self) -> str:
        """Return whose body is drawn: "a child"."""
        return NOUNS[self.figure]

    @property
    def words(self) -> str:
        """Return the alternative text: the side, the figure, and every mark on it."""
        told = [
            f"{spot.mark.title}{' (struck out)' if spot.is_struck else ''}" for spot in self.spots
        ]
        marks = ". ".join(told) or "No marks"
        return f"{self.title} of the body of {self.whose}. {marks}."

    @property
    def radius(self) -> float:
        """Return how large a mark's sign is, in the drawing's units."""
        return self.width * SIGN

    @property
    def text_size(self) -> float:
        """Return how large a mark's number is: two digits fit into the sign."""
        return self.radius * 1.25

    @property
    def drawing(self) -> Drawing:
        """Return the drawing that the marks are on."""
        return drawing(self.figure, self.view)


def views_of(
    marks: Iterable[Mark], figure: str, struck: frozenset[int] = frozenset()
) -> list[View]:
    """Return the drawings to show: front and back of the figure, and of any other that has marks.

    `struck`: the numbers of marks that were recorded in error. They are drawn crossed out.
    """
    listed = list(marks)
    figures = dict.fromkeys([figure, *(mark.figure for mark in listed)])
    return [
        _view(
            one, view, [mark for mark in listed if (mark.figure, mark.view) == (one, view)], struck
        )
        for one in figures
        for view in VIEWS
    ]


def _view(figure: str, view: str, marks: list[Mark], struck: frozenset[int]) -> View:
    drawn = drawing(figure, view)
    taken: dict[tuple[int, int], int] = {}
    spots = []
    for mark in marks:
        place_number = taken.get((mark.x, mark.y), 0)
        taken[mark.x, mark.y] = place_number + 1
        right, down = PLACES[place_number % len(PLACES)]
        x, y = drawn.units(mark.x, mark.y)
        step = APART * drawn.width / FULL
        at = (x + right * step, y + down * step)
        spots.append(Spot(mark, *at, drawn.width * SIGN, mark.number in struck))
    return View(figure, view, drawn.width, drawn.height, tuple(spots))
