"""The areas of the body that a mark may be in: one table, behind the drawing and the list alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from concerns.bodymap.outline import BACK, FRONT

BABY, CHILD, ADULT = "baby", "child", "adult"
FIGURES = {
    BABY: "Baby, under 2",
    CHILD: "Child, 2 to 12",
    ADULT: "Young person or adult, 13 or over",
}
VIEWS = {FRONT: "Front", BACK: "Back"}
# Whose side is meant is the person's own: their left hand is their left, seen from either side.
LEFT, RIGHT = "left", "right"
ALL = tuple(FIGURES)
WALKING = (CHILD, ADULT)
HEAD, TRUNK, ARMS, LEGS = "head and neck", "body", "arms and hands", "legs and feet"


@dataclass(frozen=True)
class Part:
    """A part of the body. With `{side}` in its words there is one on the left and one on the right.

    `figures`: on whose drawing it is.
    """

    slug: str
    words: str
    group: str
    views: tuple[str, ...]
    figures: tuple[str, ...] = ALL

    @property
    def is_sided(self) -> bool:
        """Whether there are two of it."""
        return "{side}" in self.words


ONLY_FRONT, ONLY_BACK, BOTH = (FRONT,), (BACK,), (FRONT, BACK)
# In the order of the list that is read out: from the head down. Private parts have no area of their
# own: what was seen there in everyday care is told as "groin" or "nappy area", in words.
PARTS: tuple[Part, ...] = (
    Part("top-of-head", "top of the head", HEAD, ONLY_FRONT, WALKING),
    Part("soft-spot", "top of the head, soft spot", HEAD, ONLY_FRONT, (BABY,)),
    Part("forehead", "forehead", HEAD, ONLY_FRONT),
    Part("eye", "{side} eye or eyelid", HEAD, ONLY_FRONT),
    Part("ear", "{side} ear", HEAD, ONLY_FRONT),
    Part("cheek", "{side} cheek", HEAD, ONLY_FRONT),
    Part("nose", "nose", HEAD, ONLY_FRONT),
    Part("mouth", "mouth or lips", HEAD, ONLY_FRONT),
    Part("chin", "chin or jaw", HEAD, ONLY_FRONT),
    Part("neck", "front of the neck", HEAD, ONLY_FRONT),
    Part("back-of-head", "back of the head", HEAD, ONLY_BACK),
    Part("behind-ear", "behind the {side} ear", HEAD, ONLY_BACK),
    Part("nape", "back of the neck", HEAD, ONLY_BACK),
    Part("shoulder", "{side} shoulder", TRUNK, BOTH),
    Part("chest", "{side} side of the chest", TRUNK, ONLY_FRONT),
    Part("side", "{side} side, under the ribs", TRUNK, ONLY_FRONT),
    Part("upper-tummy", "upper tummy", TRUNK, ONLY_FRONT),
    Part("lower-tummy", "lower tummy", TRUNK, ONLY_FRONT),
    Part("upper-back", "{side} side of the upper back", TRUNK, ONLY_BACK),
    Part("lower-back", "{side} side of the lower back", TRUNK, ONLY_BACK),
    Part("base-of-spine", "bottom of the spine", TRUNK, ONLY_BACK),
    Part("hip", "{side} hip", TRUNK, BOTH),
    Part("groin", "groin", TRUNK, ONLY_FRONT, WALKING),
    Part("nappy-area", "nappy area", TRUNK, ONLY_FRONT, (BABY,)),
    Part("buttock", "{side} buttock", TRUNK, ONLY_BACK),
    Part("upper-arm", "{side} upper arm", ARMS, BOTH),
    Part("elbow-crease", "inside of the {side} elbow", ARMS, ONLY_FRONT),
    Part("elbow", "{side} elbow", ARMS, ONLY_BACK),
    Part("forearm", "{side} forearm", ARMS, BOTH),
    Part("wrist", "{side} wrist", ARMS, BOTH),
    Part("palm", "palm of the {side} hand", ARMS, ONLY_FRONT),
    Part("back-of-hand", "back of the {side} hand", ARMS, ONLY_BACK),
    Part("fingers", "fingers or thumb of the {side} hand", ARMS, BOTH),
    Part("thigh", "{side} thigh", LEGS, BOTH),
    Part("inner-thigh", "inside of the {side} thigh", LEGS, ONLY_FRONT),
    Part("knee", "{side} knee", LEGS, ONLY_FRONT),
    Part("back-of-knee", "back of the {side} knee", LEGS, ONLY_BACK),
    Part("shin", "{side} shin", LEGS, ONLY_FRONT),
    Part("calf", "{side} calf", LEGS, ONLY_BACK),
    Part("ankle", "{side} ankle", LEGS, BOTH),
    Part("foot", "top of the {side} foot, or toes", LEGS, ONLY_FRONT),
    Part("heel", "{side} heel", LEGS, ONLY_BACK),
    Part("sole", "sole of the {side} foot", LEGS, ONLY_BACK),
)


@dataclass(frozen=True)
class Area:
    """One area of one view: "left-forearm-front", called "left forearm, front"."""

    slug: str
    words: str
    part: str
    side: str
    view: str
    group: str
    figures: tuple[str, ...]


def _areas(part: Part) -> Iterable[Area]:
    for view in part.views:
        for side in (LEFT, RIGHT) if part.is_sided else ("",):
            slug = "-".join(word for word in (side, part.slug, view) if word)
            words = part.words.format(side=side)
            if len(part.views) > 1:
                words = f"{words}, {view}"
            yield Area(slug, words, part.slug, side, view, part.group, part.figures)


AREAS: tuple[Area, ...] = tuple(area for part in PARTS for area in _areas(part))
BY_SLUG = {area.slug: area for area in AREAS}
BY_PLACE = {(area.part, area.side, area.view): area for area in AREAS}


def areas_of(figure: str) -> list[tuple[str, list[Area]]]:
    """Return the areas of a figure in groups, front before back: what the list offers."""
    found: dict[str, list[Area]] = {}
    for view, words in VIEWS.items():
        for area in AREAS:
            if area.view == view and figure in area.figures:
                found.setdefault(f"{words}: {area.group}", []).append(area)
    return list(found.items())


OLDEST_BABY, OLDEST_CHILD = 1, 12


def figure_for(group: str, youngest: int | None, oldest: int | None) -> str:
    """Return whose drawing fits: by the age in years, else by the group that was said.

    The limits are those of the proportions drawn, not of any law. Where the ages straddle a limit,
    the younger drawing is taken; anyone may choose another.
    """
    age = youngest if youngest is not None else oldest
    if age is None:
        return ADULT if group == "adult" else CHILD
    if age <= OLDEST_BABY:
        return BABY
    return CHILD if age <= OLDEST_CHILD else ADULT
