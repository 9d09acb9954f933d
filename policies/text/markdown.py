"""Markdown to HTML that is safe to show.

Two lines of defence, each enough alone: the parser knows no HTML, and what it returns is cleaned
to a short list of tags. An editor is told of markup that would be dropped (`problems`), so that
nothing disappears without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from safeguarding_portal.design_system.text import without_hidden

# Headings of a section's own text stand under the section's heading, which is h2.
_HIGHEST_HEADING = 3
_LOWEST_HEADING = 4
_CLASSES = {
    "p": "govuk-body",
    "ul": "govuk-list govuk-list--bullet",
    "ol": "govuk-list govuk-list--number",
    "a": "govuk-link",
    "table": "govuk-table",
    "thead": "govuk-table__head",
    "tbody": "govuk-table__body",
    "tr": "govuk-table__row",
    "th": "govuk-table__header",
    "td": "govuk-table__cell",
    "h3": "govuk-heading-s",
    "h4": "govuk-heading-s",
    "blockquote": "govuk-inset-text",
}
_TAGS = {*_CLASSES, "li", "strong", "em", "br", "hr", "code", "pre"}
_ATTRIBUTES = {tag: {"class"} for tag in _CLASSES} | {
    "a": {"class", "href"},
    "ol": {"class", "start"},
    "th": {"class", "scope"},
}
_SCHEMES = {"http", "https", "mailto", "tel"}
_SCRIPT_LINK = re.compile(r"\]\(\s*<?\s*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)

_reader = MarkdownIt("commonmark", {"html": False}).enable("table")
_suspicious = MarkdownIt("commonmark", {"html": True}).enable("table")


class CleanHtml(str):
    """HTML that `to_html` has cleaned; templates show it as it is."""

    def __html__(self) -> str:
        """Tell a template that nothing is left to escape."""
        return self


@lru_cache(maxsize=1024)
def to_html(text: str) -> CleanHtml:
    """Return the Markdown as HTML with the portal's classes; no script, style or image survives."""
    tokens = _reader.parse(text)
    for token in _all(tokens):
        _dress(token)
    raw = str(_reader.renderer.render(tokens, _reader.options, {}))
    cleaned = nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
    return CleanHtml(cleaned)


def _all(tokens: Iterable[Token]) -> Iterable[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or ())


def _dress(token: Token) -> None:
    """Give a tag the class of the design system, and a heading its place under the section's."""
    if token.type in {"heading_open", "heading_close"}:
        level = min(max(int(token.tag[1:]), _HIGHEST_HEADING), _LOWEST_HEADING)
        token.tag = f"h{level}"
    if token.nesting == 1 and token.tag in _CLASSES:
        token.attrSet("class", _CLASSES[token.tag])
    if token.type == "th_open":
        token.attrSet("scope", "col")


def problems(text: str) -> list[str]:
    """Say what in the Markdown would not be shown, in words for an editor; empty if all is well."""
    if without_hidden(text) != text:
        return ["It has characters that cannot be shown. Save it again as plain text (UTF-8)"]
    found = []
    tokens = list(_all(_suspicious.parse(text)))
    html = [token.content for token in tokens if token.type in {"html_block", "html_inline"}]
    if html:
        start = html[0].strip()[:30]
        found.append(f"It has HTML ({start}). Write plain text or Markdown only")
    if _SCRIPT_LINK.search(text):
        found.append("It has a link that would run a script. Link to a web address only")
    if any(token.type == "image" for token in tokens):
        found.append("It has a picture. Describe it in words, pictures are not shown")
    return found


def plain(text: str) -> str:
    """Return the words of the Markdown without its marks, for search and for excerpts."""
    return unescape(" ".join(nh3.clean(to_html(text), tags=set()).split()))
