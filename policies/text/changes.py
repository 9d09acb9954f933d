"""What is different between two versions, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from policies.text.sections import SectionText

SAME, ADDED, REMOVED = "same", "added", "removed"
# A word with the space behind it, so that spaces alone never count as what stayed.
_WORDS = re.compile(r"\S+\s*|\s+")
# Fewer words than this between two changes are told as part of them: it reads better.
_SHORTEST_RUN = 3


@dataclass(frozen=True)
class Part:
    """A run of words that stayed, came or went; `kind` is SAME, ADDED or REMOVED."""

    kind: str
    text: str


@dataclass(frozen=True)
class SectionChange:
    """One section before and after. `kind` is "added", "removed", "changed", "moved" or "same"."""

    kind: str
    anchor: str
    heading: str
    heading_parts: tuple[Part, ...]
    parts: tuple[Part, ...]

    @property
    def words(self) -> str:
        """What happened to the section, in words."""
        return {
            "added": "New section",
            "removed": "Section taken out",
            "changed": "Section changed",
            "moved": "Section moved",
            "same": "No change",
        }[self.kind]


def word_changes(before: str, after: str) -> tuple[Part, ...]:
    """Return the text with what came and what went, in reading order.

    Compared by lines first and by words only inside lines that differ: it stays fast on long texts,
    and a changed word does not tear the paragraphs around it.
    """
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    parts: list[Part] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if kind == "equal":
            parts.append(Part(SAME, "".join(old[a:b])))
        else:
            parts += _changed_words("".join(old[a:b]), "".join(new[c:d]))
    return _joined(parts)


def _changed_words(before: str, after: str) -> list[Part]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts: list[Part] = []
    gone: list[str] = []
    come: list[str] = []
    codes = SequenceMatcher(None, old, new).get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(codes):
        is_between = 0 < place < len(codes) - 1
        if kind == "equal" and not (is_between and b - a < _SHORTEST_RUN):
            parts += _change_parts(gone, come)
            parts.append(Part(SAME, "".join(old[a:b])))
            gone, come = [], []
        else:
            gone += old[a:b]
            come += new[c:d]
    return parts + _change_parts(gone, come)


def _change_parts(gone: list[str], come: list[str]) -> list[Part]:
    found = Part(REMOVED, "".join(gone)), Part(ADDED, "".join(come))
    return [part for part in found if part.text]


def _joined(parts: Iterable[Part]) -> tuple[Part, ...]:
    joined: list[Part] = []
    for part in parts:
        if joined and joined[-1].kind == part.kind:
            joined[-1] = Part(part.kind, joined[-1].text + part.text)
        elif part.text:
            joined.append(part)
    return tuple(joined)


def section_changes(
    before: Sequence[SectionText], after: Sequence[SectionText]
) -> list[SectionChange]:
    """Return each section of the new text in order, with those that were taken out at the end."""
    old = {section.anchor: section for section in before}
    new = {section.anchor for section in after}
    order = [section.anchor for section in before if section.anchor in new]
    staying = [section.anchor for section in after if section.anchor in old]
    in_place = _in_place(order, staying)
    changes = []
    for section in after:
        was = old.get(section.anchor)
        if was is None:
            changes.append(_change("added", None, section))
        elif (was.heading, was.body) != (section.heading, section.body):
            changes.append(_change("changed", was, section))
        else:
            kind = "same" if section.anchor in in_place else "moved"
            changes.append(_change(kind, was, section))
    changes += [
        _change("removed", section, None) for section in before if section.anchor not in new
    ]
    return changes


def _in_place(order: list[str], staying: list[str]) -> set[str]:
    blocks = SequenceMatcher(None, order, staying, autojunk=False).get_matching_blocks()
    return {anchor for block in blocks for anchor in order[block.a : block.a + block.size]}


def _change(kind: str, was: SectionText | None, now: SectionText | None) -> SectionChange:
    shown = now or was
    if shown is None:
        raise ValueError("A change needs a section before or after.")
    return SectionChange(
        kind=kind,
        anchor=shown.anchor,
        heading=shown.heading,
        heading_parts=word_changes(was.heading if was else "", now.heading if now else ""),
        parts=word_changes(_shown(was.body if was else ""), _shown(now.body if now else "")),
    )


def _shown(body: str) -> str:
    """Return the text as readers see it: the marks of bold words are not words."""
    return body.replace("**", "")
