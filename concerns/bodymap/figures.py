"""The six drawings, ready to be shown, and which area of one a point is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from concerns.bodymap import outline
from concerns.bodymap.areas import ADULT, BABY, BY_PLACE, CHILD, LEFT, RIGHT, Area
from concerns.bodymap.geometry import Line, Point, curve, is_inside, mirrored, straight, whole

# Positions are in thousandths of the drawing's width and height, so that no size matters.
FULL = 1000
SIZES = {BABY: outline.BABY_SIZE, CHILD: outline.ADULT_SIZE, ADULT: outline.ADULT_SIZE}


@dataclass(frozen=True)
class DrawnArea:
    """One shape of an area, in the drawing's own units; some areas have two."""

    area: Area
    polygon: tuple[Point, ...]

    @property
    def path(self) -> str:
        """Return it as an SVG path."""
        return straight(self.polygon)


@dataclass(frozen=True)
class Drawing:
    """One view of one figure. `areas` are painted in order: of two that overlap, the later counts.

    The front shows the person's right on the left of the drawing, as one who faces them sees it.
    """

    figure: str
    view: str
    width: int
    height: int
    body: tuple[Point, ...]
    lines: tuple[str, ...]
    areas: tuple[DrawnArea, ...]

    @property
    def outline(self) -> str:
        """Return the outline of the body as an SVG path."""
        return curve(self.body, closed=True)

    def units(self, x: int, y: int) -> Point:
        """Return a position in thousandths in the drawing's own units."""
        return (x * self.width / FULL, y * self.height / FULL)

    def area_at(self, x: int, y: int) -> Area | None:
        """Return the area that a position in thousandths lies in; None beside the body."""
        point = self.units(x, y)
        if not is_inside(point, self.body):
            return None
        found = [drawn.area for drawn in self.areas if is_inside(point, drawn.polygon)]
        return found[-1] if found else None

    def middle_of(self, area: Area) -> tuple[int, int]:
        """Return a position in thousandths that stands for the area as a whole, and lies in it.

        Raises `ValueError` when the area is not on this drawing.
        """
        for drawn in self.areas:
            if drawn.area == area:
                return self._inside(drawn)
        raise ValueError(f"{area.slug} is not on {self.figure}, {self.view}.")

    def _inside(self, drawn: DrawnArea) -> tuple[int, int]:
        """Return the centre of what shows of a shape: not hidden by later ones nor off the body."""
        left, right = (pick(x for x, _ in drawn.polygon) for pick in (min, max))
        top, bottom = (pick(y for _, y in drawn.polygon) for pick in (min, max))
        steps = 12
        shown = [
            (x, y)
            for column in range(1, steps)
            for row in range(1, steps)
            if self.area_at(
                x := round((left + (right - left) * column / steps) * FULL / self.width),
                y := round((top + (bottom - top) * row / steps) * FULL / self.height),
            )
            == drawn.area
        ]
        if not shown:
            raise ValueError(f"Nothing shows of {drawn.area.slug}.")
        cx, cy = (sum(values) / len(shown) for values in zip(*shown, strict=True))
        return min(shown, key=lambda point: (point[0] - cx) ** 2 + (point[1] - cy) ** 2)


@cache
def drawing(figure: str, view: str) -> Drawing:
    """Return a figure from one side. Raises `KeyError` for one that we do not have."""
    width, height = SIZES[figure]
    if figure == BABY:
        body, lines = outline.BABY_OUTLINE, outline.BABY_LINES[view]
        shapes = outline.BABY_PARTS[view]
    else:
        body, lines = outline.ADULT_OUTLINE, outline.ADULT_LINES[view]
        shapes = outline.ADULT_PARTS[view]
    if figure == CHILD:
        body = outline.as_child(body)
        lines = tuple(outline.as_child(line) for line in lines)
        shapes = outline.shapes_as_child(shapes)
    both = [side for line in lines for side in (line, mirrored(line, width))]
    return Drawing(
        figure=figure,
        view=view,
        width=width,
        height=height,
        body=tuple(whole(body, width)),
        lines=tuple(curve(line, closed=False) for line in both),
        areas=tuple(_drawn(shapes, figure, view, width)),
    )


def _drawn(shapes: Sequence[outline.Shape], figure: str, view: str, width: int) -> list[DrawnArea]:
    # Seen from the front, what is right on the drawing is the person's left.
    sides = (LEFT, RIGHT) if view == outline.FRONT else (RIGHT, LEFT)
    found = []
    for part, half in shapes:
        single = BY_PLACE.get((part, "", view))
        if single is not None:
            found.append(DrawnArea(single, tuple(whole(half, width))))
            continue
        lines: tuple[Line, Line] = (half, mirrored(half, width))
        for side, line in zip(sides, lines, strict=True):
            found.append(DrawnArea(BY_PLACE[part, side, view], tuple(line)))
    return found


@cache
def middle_of(figure: str, area: Area) -> tuple[int, int]:
    """Return where a mark stands of which only the area is known."""
    return drawing(figure, area.view).middle_of(area)
