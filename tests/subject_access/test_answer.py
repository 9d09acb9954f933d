"""The answer: what was taken out is in none of its forms, and each download is an event."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.http import Http404
from jsonschema import Draft202012Validator, FormatChecker
from pypdf import PdfReader

from concerns.services.errors import NotAllowedError
from concerns.services.subject_access_answer import TEMPLATE, answer_pack, download
from concerns.subject_access.views_answer import SCHEMA
from safeguarding_portal.audit.models import Event
from safeguarding_portal.documents import pdf_of_typed
from tests.factories import NOON, make_referral
from tests.subject_access.conftest import SECRET, Office

pytestmark = pytest.mark.django_db


def words_in(pdf: bytes) -> str:
    """Return all text of a PDF: its pages, its metadata, and its raw streams as far as readable."""
    reader = PdfReader(io.BytesIO(pdf))
    pages = "\n".join(page.extract_text() for page in reader.pages)
    xmp = str(reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else b"")
    return "\n".join([pages, str(reader.metadata), xmp, pdf.decode("latin-1")])


def test_no_form_of_the_answer_holds_a_word_that_was_taken_out(office: Office) -> None:
    request = office.agreed()
    files = {form: download(request, form, office.officer, NOON) for form in ("pdf", "json")}
    texts = {"pdf": words_in(files["pdf"]), "json": files["json"].decode()}
    for form, text in texts.items():
        assert "Robin told me that [taken out] shouted" in " ".join(text.split()), form
        for word in SECRET:
            assert word not in text, (form, word)
    reader = PdfReader(io.BytesIO(files["pdf"]))
    assert not reader.attachments
    assert all("/Annots" not in page for page in reader.pages)
    assert "pdfuaid" in words_in(files["pdf"])


def test_the_words_that_were_taken_out_are_on_no_page_of_the_original_either(
    office: Office,
) -> None:
    """The grep can fail: the same words are found in what was collected."""
    request = office.collected()
    held = "\n".join(request.items.values_list("text", flat=True))
    assert all(word in held for word in SECRET)


def test_the_json_follows_its_schema_and_the_letter_says_what_the_law_asks(office: Office) -> None:
    make_referral(office.concern, agency_slug="lado", state="accepted", ended_by_name="A",
                  ended_by_role="B", ended_at=NOON)  # fmt: skip
    request = office.agreed()
    pack = json.loads(download(request, "json", office.officer, NOON))
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(pack)
    titles = {part["title"] for part in pack["letter"]}
    assert {"Why we hold it", "Where it comes from", "How long we keep it"} <= titles
    assert {"Your rights", "If you are not content"} <= titles
    assert any("Commissioner" in part["words"] for part in pack["letter"])
    assert len(pack["recipients"]) >= 1
    assert "in confidence" in " ".join(pack["held_back"])


def test_why_it_was_held_back_is_not_told_where_telling_would_do_the_harm(office: Office) -> None:
    request = office.collected()
    for item in request.items.filter(gone_at=None):
        office.give(item, words=("Robin",), exemption="crime", reason="x") if (
            "Robin" in item.text and not item.suggested
        ) else office.give(item)
    pack = answer_pack(request, NOON)
    assert "crime" not in json.dumps(pack["held_back"])
    assert "[taken out]" in json.dumps(pack["items"])


def test_only_the_officer_downloads_once_it_is_agreed_and_it_is_an_event(office: Office) -> None:
    early = office.collected(about="Everything")
    with pytest.raises(NotAllowedError):
        download(early, "pdf", office.officer, NOON)
    request = office.agreed()
    with pytest.raises(Http404):
        download(request, "pdf", office.second, NOON)
    with pytest.raises(KeyError):
        download(request, "exe", office.officer, NOON)
    download(request, "json", office.officer, NOON)
    event = Event.objects.get(name="access_request.exported")
    assert (event.actor, event.detail["form"]) == (office.officer, "json")
    assert len(event.detail["sha256"]) == 64


@pytest.mark.parametrize("typed", ["#let x = 1", "*bold* _it_ @ref", "👩🏽 مرحبا", "a\n\n= b"])
def test_nothing_typed_is_read_as_markup_and_no_sign_breaks_the_pdf(
    office: Office, typed: str
) -> None:
    pack: dict[str, Any] = answer_pack(office.open(about=typed, requester_name=typed), NOON)
    item = {"source": "note", "title": "Note", "kind": "Note", "on": None, "on_words": ""}
    pack["items"] = [{**item, "text": typed}]
    assert pdf_of_typed(TEMPLATE, pack, NOON).startswith(b"%PDF")


def test_an_answer_that_nothing_is_held_says_so(office: Office) -> None:
    request = office.searched(name="Zebedee Unknownson", born=None, address="")
    assert not request.candidates.exists()
    office.collect(request)
    pdf = pdf_of_typed(TEMPLATE, answer_pack(request, NOON), NOON)
    assert "We found nothing that we can give you" in " ".join(words_in(pdf).split())
