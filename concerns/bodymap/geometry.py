"""Plane geometry of the drawings: smooth lines through points, mirroring, what lies inside what.

Points are in the units of a figure's own drawing, whose middle line is upright at half its width.
Every shape is given for the side of the drawing right of that line, and mirrored for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Point = tuple[float, float]
Line = Sequence[Point]
# How far the handles of a curve reach: a sixth of the way between neighbours is Catmull-Rom.
REACH = 6


def mirrored(line: Line, width: float) -> list[Point]:
    """Return the line on the other side of the middle."""
    return [(width - x, y) for x, y in line]


def whole(half: Line, width: float) -> list[Point]:
    """Return the closed line whose right half, from the top down, is given."""
    other = [point for point in mirrored(half, width) if point not in half]
    return [*half, *reversed(other)]


def curve(points: Line, *, closed: bool) -> str:
    """Return an SVG path that runs smoothly through the points."""
    count = len(points)
    parts = [f"M{_at(points[0])}"]
    for index in range(count if closed else count - 1):
        before, start, end, after = (
            _neighbour(points, index + step, closed=closed) for step in (-1, 0, 1, 2)
        )
        first = (start[0] + (end[0] - before[0]) / REACH, start[1] + (end[1] - before[1]) / REACH)
        second = (end[0] - (after[0] - start[0]) / REACH, end[1] - (after[1] - start[1]) / REACH)
        parts.append(f"C{_at(first)} {_at(second)} {_at(end)}")
    return "".join(parts) + ("Z" if closed else "")


def _neighbour(points: Line, index: int, *, closed: bool) -> Point:
    last = len(points) - 1
    return points[index % len(points)] if closed else points[min(max(index, 0), last)]


def straight(points: Line) -> str:
    """Return the SVG path of a polygon."""
    return "M" + "L".join(_at(point) for point in points) + "Z"


def _at(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


def is_inside(point: Point, polygon: Line) -> bool:
    """Whether a point lies in a polygon (even-odd)."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in _edges(polygon):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _edges(polygon: Line) -> Iterable[tuple[Point, Point]]:
    return zip(polygon, [*polygon[1:], polygon[0]], strict=True)
