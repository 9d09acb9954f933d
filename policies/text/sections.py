"""A document as sections: read from Markdown, each with an anchor that stays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.utils.text import slugify
from markdown_it import MarkdownIt

from policies.text.markdown import problems
from safeguarding_portal.design_system.text import one_kind_of_line_break

LONGEST_DOCUMENT = 1_000_000
LONGEST_SECTION = 60_000
LONGEST_TITLE = 200
MOST_SECTIONS = 400
# Headings down to this level begin a section; deeper ones belong to its text.
_SECTION_LEVEL = 3
_NUMBER = re.compile(r"(?:section\s+)?(\d{1,3}(?:\.\d{1,3}){0,4})\.?[\s:–-]+(.+)", re.IGNORECASE)
# "6.1 All staff": a number of two parts or more, and a sentence. "2.5 million" is no section.
_NUMBERED_PARAGRAPH = re.compile(r"(\d{1,3}(?:\.\d{1,3}){1,4})\.?\s+(?=[A-Z])")
_ANCHOR = re.compile(r"\s*\{#([a-z0-9][a-z0-9_-]{0,78})\}\s*$")
_reader = MarkdownIt("commonmark", {"html": False}).enable("table")


class TextError(ValueError):
    """The text cannot be taken; the message says why and what to do, in plain words."""


@dataclass(frozen=True)
class SectionText:
    """One section: its anchor, its number as printed ("6.1", or empty), its heading, its text."""

    anchor: str
    number: str
    title: str
    body: str
    topics: tuple[str, ...] = ()

    @property
    def heading(self) -> str:
        """The heading as it is shown."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True)
class DocumentText:
    """A whole document as read; `title` is its first heading where that is not a section."""

    title: str
    sections: tuple[SectionText, ...]


def read_markdown(text: str) -> DocumentText:
    """Cut Markdown into sections at its headings, keeping the section numbers.

    A heading may name its anchor (`## 6.1 Report it {#section-6-1}`); else the anchor follows from
    the number or the words. Raises `TextError` for what cannot be taken whole.
    """
    if len(text) > LONGEST_DOCUMENT:
        raise TextError(f"The text is longer than {LONGEST_DOCUMENT:,} characters. Split it")
    for problem in problems(text):
        raise TextError(problem)
    title, pieces = _cut(one_kind_of_line_break(text))
    if not pieces:
        raise TextError("The text is empty, or has no heading. Give each section a heading")
    if len(pieces) > MOST_SECTIONS:
        raise TextError(f"The text has {len(pieces):,} sections; the most is {MOST_SECTIONS}")
    taken: set[str] = set()
    sections = []
    for heading, body in pieces:
        section = _section(heading, body, taken)
        taken.add(section.anchor)
        sections.append(section)
    return DocumentText(title, tuple(sections))


@dataclass(frozen=True)
class _Start:
    """Where a section begins: its first line, the line after its heading, level, heading, text."""

    first: int
    after: int
    level: int
    heading: str
    opening: str = ""


def _cut(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the document's title and (heading, text) of each section."""
    lines = text.split("\n")
    starts = list(_starts(text))
    if not any(start.level for start in starts):
        return "", []
    ends = [start.first for start in starts[1:]] + [len(lines)]
    pieces = [
        (start, "\n".join([start.opening, *lines[start.after : end]]).strip())
        for start, end in zip(starts, ends, strict=True)
    ]
    title = ""
    first, preface = pieces[0]
    if first.level == 1 and not _NUMBER.fullmatch(first.heading):
        title = first.heading
        pieces[0:1] = [(_Start(0, 0, 1, "Introduction"), preface)] if preface else []
    before = "\n".join(lines[: starts[0].first]).strip()
    if before:
        pieces.insert(0, (_Start(0, 0, 1, "Before the first heading"), before))
    return _ANCHOR.sub("", title), [(start.heading, body) for start, body in pieces]


def _starts(text: str) -> Iterator[_Start]:
    """Yield where sections begin: at headings, and at paragraphs that carry a number under one.

    Policies number their paragraphs: "6.1 All staff must" under "6 Duties" is section 6.1. It takes
    the words of the heading above it.
    """
    above, number = "", ""
    for token, words in pairwise(_reader.parse(text)):
        if token.level or token.map is None:
            continue
        first, after = token.map
        content = words.content.strip()
        if token.type == "heading_open" and int(token.tag[1:]) <= _SECTION_LEVEL:
            yield _Start(first, after, int(token.tag[1:]), content)
            numbered = _NUMBER.fullmatch(_ANCHOR.sub("", content))
            number, above = (numbered[1], numbered[2]) if numbered else ("", content)
        elif token.type == "paragraph_open" and above:
            found = _NUMBERED_PARAGRAPH.match(content)
            if found and (not number or found[1].startswith(f"{number}.")):
                heading = f"{found[1]} {_ANCHOR.sub('', above)}"
                yield _Start(first, after, 0, heading, content[found.end() :])


def _section(heading: str, body: str, taken: set[str]) -> SectionText:
    named = _ANCHOR.search(heading)
    words = _ANCHOR.sub("", heading).strip()
    numbered = _NUMBER.fullmatch(words)
    number, title = (numbered[1], numbered[2].strip()) if numbered else ("", words)
    where = f"Section {number or title[:40]}"
    if not title:
        raise TextError("A heading is empty. Give each section a heading")
    if len(title) > LONGEST_TITLE:
        raise TextError(f"{where}: the heading is longer than {LONGEST_TITLE} characters")
    if len(body) > LONGEST_SECTION:
        raise TextError(f"{where} is longer than {LONGEST_SECTION:,} characters. Split it")
    anchor = free_anchor(named[1] if named else anchor_for(number, title), taken)
    return SectionText(anchor, number, title, body)


def anchor_for(number: str, title: str) -> str:
    """Return the anchor that a new section gets: by its number, else by its words."""
    if number:
        return f"section-{number.replace('.', '-')}"
    return slugify(title)[:70].strip("-") or "section"


def free_anchor(wanted: str, taken: Iterable[str]) -> str:
    """Return the anchor, with a number behind it if another section has it."""
    used, anchor, count = set(taken), wanted, 1
    while anchor in used:
        count += 1
        anchor = f"{wanted}-{count}"
    return anchor


def keep_anchors(
    new: Sequence[SectionText], before: Sequence[SectionText]
) -> tuple[SectionText, ...]:
    """Give each section the anchor and topics that it had before, so that links still lead there.

    A section is the same if it has the same anchor or number, else the same heading.
    """
    by_anchor = {section.anchor: section for section in before}
    by_number = {section.number: section for section in before if section.number}
    by_title = {section.title.casefold(): section for section in before}
    kept: list[SectionText] = []
    used: set[str] = set()
    for section in new:
        same = by_number.get(section.number) if section.number else None
        same = same or by_anchor.get(section.anchor) or by_title.get(section.title.casefold())
        if same and same.anchor not in used:
            section = replace(section, anchor=same.anchor, topics=section.topics or same.topics)
        elif section.anchor in used:
            section = replace(section, anchor=free_anchor(section.anchor, used))
        used.add(section.anchor)
        kept.append(section)
    return tuple(kept)


def as_markdown(title: str, sections: Iterable[SectionText]) -> str:
    """Return the whole document as Markdown that `read_markdown` reads back unchanged."""
    parts = [f"# {title}"]
    parts += [
        f"## {section.heading} {{#{section.anchor}}}\n\n{section.body}".rstrip()
        for section in sections
    ]
    return "\n\n".join(parts) + "\n"
