"""Word to Markdown: headings with their numbers, paragraphs, lists, tables; nothing else.

Word keeps the numbers of numbered headings apart from their text. Council policies use them, so
they are counted here the way that Word does, from the numbering part of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from policies.text.sections import TextError
from safeguarding_portal.design_system.text import one_kind_of_line_break, without_hidden

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_MARKS = re.compile(r"([\\`*_\[\]<>|~])")
# What would begin a list, a heading or a quotation at the start of a line.
_LINE_START = re.compile(r"^(\s*)(?:([#>+-])|(\d+)([.)]))(?=\s|$)")
_NUMBER = re.compile(r"%(\d)")
_FORMATS = {"decimal", "decimalZero"}


def word_to_markdown(content: bytes) -> str:
    """Return the text of a .docx file as Markdown. Raises `TextError` for what cannot be read."""
    try:
        document = docx.Document(BytesIO(content))
        blocks = list(_blocks(document))
    except (
        PackageNotFoundError,
        BadZipFile,
        SyntaxError,  # what lxml raises for broken XML
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
    ) as error:
        raise TextError("The Word file cannot be read. Open it and save it again") from error
    return one_kind_of_line_break("\n\n".join(block for block in blocks if block)) + "\n"


def _blocks(document: Document) -> Iterator[str]:
    numbering = _Numbering(document)
    items: list[str] = []
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            line, is_item = _paragraph(block, numbering)
            if is_item:
                items.append(line)
                continue
        else:
            line = _table(block)
        if items:
            yield "\n".join(items)
            items = []
        yield line
    yield "\n".join(items)


def _paragraph(paragraph: Paragraph, numbering: _Numbering) -> tuple[str, bool]:
    """Return the Markdown of a paragraph, and whether it is an item of a list."""
    words = " ".join(without_hidden(paragraph.text).split())
    style = str(getattr(paragraph.style, "name", "") or "")
    number, depth = numbering.number_of(paragraph)
    if not words:
        return "", False
    heading = _HEADING.match(style)
    if heading or style == "Title":
        level = int(heading[1]) if heading else 1
        numbered = f"{number} {words}" if number and not words.startswith(number) else words
        return f"{'#' * min(level, 6)} {_escape(numbered)}", False
    text = _runs(paragraph)
    if "." in number:  # a numbered paragraph of a policy, not an item of a list
        return f"{number} {text}", False
    if style.startswith("List") or depth is not None:
        mark = f"{number}." if number.isdecimal() else "-"
        indent = "  " * (depth or 0)
        return f"{indent}{mark} {text}", True
    return _LINE_START.sub(_escape_start, text), False


def _runs(paragraph: Paragraph) -> str:
    """Return the words with bold kept; other dress says nothing in a policy."""
    parts: list[tuple[bool, str]] = []
    for run in paragraph.iter_inner_content():
        text = without_hidden(run.text).replace("\n", " ").replace("\t", " ")
        is_bold = bool(getattr(run, "bold", False))
        if parts and parts[-1][0] == is_bold:
            parts[-1] = (is_bold, parts[-1][1] + text)
        else:
            parts.append((is_bold, text))
    words = "".join(_bold(text) if is_bold else _escape(text) for is_bold, text in parts)
    return re.sub(r"[ \t]+", " ", words).strip()


def _bold(text: str) -> str:
    inner = text.strip()
    if not inner:
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{before}**{_escape(inner)}**{after}"


def _escape(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _escape_start(match: re.Match[str]) -> str:
    if match[2]:
        return f"{match[1]}\\{match[2]}"
    return f"{match[1]}{match[3]}\\{match[4]}"


def _table(table: Table) -> str:
    rows = [
        [_escape(" ".join(without_hidden(cell.text).split())) for cell in row.cells]
        for row in table.rows
    ]
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


@dataclass
class _Level:
    start: int
    text: str
    format: str


@dataclass
class _Numbering:
    """Counts numbered paragraphs as Word does: each level restarts when a higher one counts."""

    document: Document
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        part = next(
            (
                relation.target_part
                for relation in self.document.part.rels.values()
                if relation.reltype.endswith("/numbering")
            ),
            None,
        )
        root = getattr(part, "element", None)
        if root is None:
            return
        for abstract in root.iter(qn("w:abstractNum")):
            for level in abstract.iter(qn("w:lvl")):
                key = (_value(abstract, "w:abstractNumId"), int(_value(level, "w:ilvl") or 0))
                self.levels[key] = _Level(
                    start=int(_child(level, "w:start") or 1),
                    text=_child(level, "w:lvlText"),
                    format=_child(level, "w:numFmt"),
                )
        for number in root.iter(qn("w:num")):
            self.lists[_value(number, "w:numId")] = _child(number, "w:abstractNumId")

    def number_of(self, paragraph: Paragraph) -> tuple[str, int | None]:
        """Return the number that Word prints before a paragraph, and its depth in a list."""
        found = _properties(paragraph)
        if found is None:
            return "", None
        list_id, depth = found
        name = self.lists.get(list_id, "")
        level = self.levels.get((name, depth))
        if level is None:
            return "", depth
        counts = self.counts.setdefault(name, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.format not in _FORMATS:
            return "", depth
        return _NUMBER.sub(lambda match: self._count(name, int(match[1]) - 1), level.text).strip(
            " .)("
        ), depth

    def _count(self, name: str, depth: int) -> str:
        level = self.levels.get((name, depth))
        return str(self.counts[name].get(depth, level.start if level else 1))


def _value(element: object, name: str) -> str:
    return str(element.get(qn(name)) or "")  # type: ignore[attr-defined]


def _child(element: object, name: str) -> str:
    child = element.find(qn(name))  # type: ignore[attr-defined]
    return "" if child is None else _value(child, "w:val")


def _properties(paragraph: Paragraph) -> tuple[str, int] | None:
    """Return the list and depth of a paragraph, its own or those of its style."""
    list_id, depth = "", ""
    places = [paragraph._p.pPr]
    style = paragraph.style
    while style is not None and len(places) < 12:
        places.append(getattr(style.element, "pPr", None))
        style = getattr(style, "base_style", None)
    for place in places:
        properties = None if place is None else place.find(qn("w:numPr"))
        if properties is not None:
            list_id = list_id or _child(properties, "w:numId")
            depth = depth or _child(properties, "w:ilvl")
    return (list_id, int(depth or 0)) if list_id and list_id != "0" else None
