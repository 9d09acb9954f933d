"""Policies as files: what is read, and what is refused before anything changes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import docx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from policies.models import DocumentVersion
from policies.text.reading_files import LARGEST_FILE, read_file
from policies.text.sections import TextError, read_markdown
from safeguarding_portal.accounts.models import User
from tests.factories import make_user
from tests.policies.conftest import client_of

PAGE = "/policies/desk/document/corporate-safeguarding-policy/import/"


def as_bytes(document: docx.document.Document) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def word(*, numbered_by_word: bool = False) -> bytes:
    """Return a policy as Word saves it, its headings numbered in the text or by Word."""
    document = docx.Document()
    document.add_heading("Corporate Safeguarding Policy", 0)
    headings = [("6", "Duties", 1), ("6.1", "Report it", 2), ("6.2", "Who is a child", 2)]
    headings += [("7", "Harm", 1), ("7.1", "Adults", 2)]
    if numbered_by_word:
        _number_headings(document)
    for number, title, level in headings:
        document.add_heading(title if numbered_by_word else f"{number} {title}", level)
        paragraph = document.add_paragraph(f"Text of {number}: a * b, <script>, and ")
        paragraph.add_run("bold").bold = True
        document.add_paragraph("First", style="List Bullet")
        document.add_paragraph("Second", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(1, 1).text = "Who", "1 | 2"
    return as_bytes(document)


def _number_headings(document: docx.document.Document) -> None:
    """Let Word number the headings from 6, as a template of a council does."""
    numbering = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "99")
    for depth, (text, start) in enumerate((("%1.", "6"), ("%1.%2", "1"))):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for tag, value in (("w:start", start), ("w:numFmt", "decimal"), ("w:lvlText", text)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), value)
            level.append(child)
        abstract.append(level)
    numbering.insert(0, abstract)
    number = numbering.add_num(99)
    for depth, name in enumerate(("Heading 1", "Heading 2")):
        properties = document.styles[name].element.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = number.numId
        properties.get_or_add_ilvl().val = depth


@pytest.mark.parametrize("numbered_by_word", [False, True])
def test_a_word_file_keeps_its_section_numbers(numbered_by_word: bool) -> None:
    text = read_file("Policy.DOCX", BytesIO(word(numbered_by_word=numbered_by_word)))
    read = read_markdown(text)
    assert read.title == "Corporate Safeguarding Policy"
    assert [section.number for section in read.sections] == ["6", "6.1", "6.2", "7", "7.1"]
    body = read.sections[1].body
    assert "**bold**" in body
    assert "- First\n- Second" in body
    assert "\\<script\\>" in body
    assert "1 \\| 2" in read.sections[-1].body


def test_paragraphs_that_word_numbers_are_sections_too() -> None:
    document = docx.Document()
    _number_headings(document)
    document.add_heading("Duties", 1)
    for text in ("All staff must report.", "A child is anyone under 18."):
        paragraph = document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        style = document.styles["Heading 1"].element.pPr.numPr
        properties.get_or_add_numId().val = style.numId.val
        properties.get_or_add_ilvl().val = 1
    read = read_markdown(read_file("policy.docx", BytesIO(as_bytes(document))))
    assert [(section.heading, section.body) for section in read.sections] == [
        ("6 Duties", ""),
        ("6.1 Duties", "All staff must report."),
        ("6.2 Duties", "A child is anyone under 18."),
    ]


def packed(parts: dict[str, bytes]) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return file.getvalue()


TYPES = b"<Types/>"
MACRO_TYPES = b"<Types><x>application/vnd.ms-word.document.macroEnabled.main+xml</x></Types>"
PARTS = {"[Content_Types].xml": TYPES, "word/document.xml": b"<w/>"}
BAD_FILES = [
    ("policy.docm", b"PK", "macros"),
    ("policy.docx", packed(PARTS | {"word/vbaProject.bin": b"x"}), "macros"),
    ("policy.docx", packed(PARTS | {"[Content_Types].xml": MACRO_TYPES}), "macros"),
    ("policy.docx", packed({"a.txt": b"x"}), "not a Word document"),
    ("policy.docx", packed(PARTS), "cannot be read"),
    ("policy.docx", b"PK\x03\x04 broken", "cannot be opened"),
    ("policy.docx", b"\xd0\xcf\x11\xe0 old or locked", "password"),
    ("policy.docx", packed(PARTS | {"word/media/a.bin": b"\0" * 43_000_000}), "unpacked"),
    ("policy.pdf", b"%PDF", "Choose a Word file"),
    ("policy", b"text", "Choose a Word file"),
    ("policy.md", b"\xff\xfe\x00", "plain text"),
    ("policy.md", b"PK\x03\x04", "not a text file"),
    ("policy.md", b"x" * (LARGEST_FILE + 1), "larger than 5 MB"),
    ("policy.md", b"## 1 A\n\n<script>alert(1)</script>", "HTML"),
    ("policy.md", b"## 1 A\n\nb\x00c", "cannot be shown"),
    ("policy.md", b"no heading", "no heading"),
    ("policy.md", b"", "empty"),
]
IDS = [f"{name}: {words}" for name, _, words in BAD_FILES]


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES, ids=IDS)
@pytest.mark.django_db
def test_a_wrong_file_gets_a_clear_error_and_changes_nothing(
    name: str, content: bytes, words: str, loaded: None, editor: User
) -> None:
    count = DocumentVersion.objects.count()
    if content:
        with pytest.raises(TextError, match=words):
            read_markdown(read_file(name, BytesIO(content)))
    upload = SimpleUploadedFile(name, content)
    for keep in ({}, {"keep": "1"}):
        upload.seek(0)
        answer = client_of(editor).post(PAGE, {"file": upload, **keep})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert DocumentVersion.objects.count() == count


@pytest.mark.django_db
def test_the_dry_run_shows_each_change_and_keeps_nothing_until_it_is_confirmed(
    loaded: None, editor: User
) -> None:
    client = client_of(editor)
    text = "## 6.1 Report it\n\nAt once.\n\n## 9.9 New\n\nText."
    shown = client.post(PAGE, {"text": text}).content.decode()
    assert "Section changed" in shown
    assert "New section" in shown
    assert "Section taken out" in shown
    assert not DocumentVersion.objects.filter(state="draft").exists()
    client.post(PAGE, {"text": text, "keep": "1", "missing": "Section 10"})
    draft = DocumentVersion.objects.get(state="draft")
    assert [(s.number, s.anchor) for s in draft.sections.all()] == [
        ("6.1", "section-6-1"),
        ("9.9", "section-9-9"),
    ]
    assert draft.sections.get(number="6.1").topics == ["report-it"]
    assert (draft.is_summary, draft.missing) == (False, "Section 10")


@pytest.mark.django_db
def test_nothing_to_import_is_said_in_words(loaded: None, editor: User) -> None:
    answer = client_of(editor).post(PAGE, {})
    assert answer.status_code == 422
    assert "Choose a file, or paste the text" in answer.content.decode()


@pytest.mark.django_db
def test_the_command_shows_changes_and_keeps_them_only_for_an_editor(
    loaded: None, editor: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "policy.docx"
    file.write_bytes(word())
    where = [str(file), "--document", "corporate-safeguarding-policy"]
    call_command("import_policy", *where)
    assert "Section changed: 6.1 Report it" in capsys.readouterr().out
    assert not DocumentVersion.objects.filter(state="draft").exists()
    for by in ("nobody@example.org", make_user().email):
        with pytest.raises(CommandError, match="name a policy editor"):
            call_command("import_policy", *where, "--keep", "--by", by)
    call_command("import_policy", *where, "--keep", "--by", editor.email)
    assert DocumentVersion.objects.get(state="draft").sections.count() == 5
    file.write_bytes(b"PK")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("import_policy", *where)
    with pytest.raises(CommandError, match="Known: "):
        call_command("import_policy", str(file), "--document", "none")
