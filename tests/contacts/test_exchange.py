"""In and out as CSV and JSON: what goes out comes back, and a wrong file changes nothing."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from contacts import changes
from contacts.differences import differences
from contacts.document import same_content
from contacts.editing.exchange import (
    COLUMNS,
    SCHEMA,
    ImportProblemError,
    as_csv,
    as_json,
    read_file,
)
from contacts.models import ChangeSet
from safeguarding_portal.accounts.models import User
from tests.contacts.conftest import NOW, client_of, line_of, shipped_document


def full_document() -> dict[str, Any]:
    """Return a document that uses every field."""
    document = shipped_document()
    line_of(document, "cass").update(
        overrides={"2026-12-24": [["09:00", "12:00"]], "2026-12-25": [], "2026-12-26": []},
        languages=["Urdu", "British Sign Language"],
        text_relay="18001 0121 303 1888",
        evidence="Rang them.\nTwice.",
        verified_on="2026-11-01",
    )
    # A night that ends in the afternoon, on purpose.
    line_of(document, "edt")["week"] |= {"mon": [["18:00", "14:00"]], "tue": [["14:00", "24:00"]]}
    document["agencies"][0] |= {
        "sms_number": "07700 900123",
        "webhook_url": "https://example.org/in",
        "owner": "Front door",
        "evidence": "=1+1",
    }
    return document


def test_what_goes_out_as_json_fits_the_schema_and_comes_back_the_same() -> None:
    document = full_document()
    text = as_json(document)
    jsonschema.validate(json.loads(text), json.loads(SCHEMA.read_text()))
    assert same_content(read_file(text, shipped_document()), document)


@pytest.mark.parametrize("part", COLUMNS)
def test_what_goes_out_as_csv_changes_nothing_when_it_comes_back(part: str) -> None:
    document = full_document()
    assert differences(document, read_file(as_csv(document, part), document)) == []


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless() -> None:
    assert ",'=1+1" in as_csv(full_document(), "agencies")


def test_a_csv_of_lines_replaces_and_adds() -> None:
    document = shipped_document()
    csv = as_csv(document, "lines").replace("0121 303 1888", "0121 496 0999")
    new = csv.splitlines()[1].replace("cass,", "cass-two,", 1).replace("(CASS)", "two")
    found = {change.words for change in differences(document, read_file(csv + new, document))}
    assert "Number: “0121 303 1888” becomes “0121 496 0999”" in found
    assert "New line" in found


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: "name,number\nx,101\n", "The columns are not those of agencies or lines"),
        (lambda text: text.replace("closed_on_holidays", "holidays"), "The columns are not"),
        (lambda text: text.splitlines()[0], "There is no row"),
        (lambda text: text + "x,y\n", "2 columns, where the first line has"),
        (lambda text: text.replace("08:45-16:15", "08:45-12:00 and 11:00-16:15"), "overlap"),
        (lambda text: text.replace("08:45-16:15", "16:15-15:45"), "closes before it opens"),
        (lambda text: text.replace("Europe/London", "Mars/Base"), "“Mars/Base” is not known"),
        (lambda text: text.replace("0121 303 1888", "0121"), "enter a UK phone number"),
        (lambda text: text.replace(",edt,", ",nobody,"), "Select one of the answers shown"),
        (lambda text: text + text.splitlines()[1], "“cass” is there twice"),
        (lambda text: text + '"', "This is not CSV"),
        (lambda text: "", "The columns are not"),
        (lambda text: "{", "This is not JSON"),
        (lambda text: "[" * 100_000, "The columns are not"),
        (lambda text: '{"a":' + "[" * 100_000, "This is not JSON"),
        (lambda text: '{"lines": [], "agencies": {}}', "agencies: {} is not of type"),
        (lambda text: '{"time_zone": 3}', "time_zone: 3 is not of type"),
    ],
)
def test_a_wrong_file_is_refused_in_words(change: Any, words: str) -> None:
    document = shipped_document()
    with pytest.raises(ImportProblemError) as refused:
        read_file(change(as_csv(document, "lines")), document)
    assert any(words in problem for problem in refused.value.problems), refused.value.problems
    assert document == shipped_document()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data.update(time_zone="UTC"), "the time zone “UTC” is not known"),
        (lambda data: data["lines"][0].update(number="12"), "enter a UK phone number"),
        (lambda data: data["lines"][0]["week"].update(mon=[["08:45", "29:00"]]), "not a time"),
        (
            lambda data: data["lines"][0].update(overrides={"2026-13-45": []}),
            "cass”: month must be",
        ),
        (lambda data: data["lines"][0].pop("week"), "'week' is a required property"),
        (lambda data: data["lines"][0].update(secret="x"), "'secret' was unexpected"),
    ],
)
def test_a_wrong_json_is_refused_in_words(change: Any, words: str) -> None:
    document = shipped_document()
    data = json.loads(as_json(document))
    change(data)
    with pytest.raises(ImportProblemError, match=words):
        read_file(json.dumps(data), document)


@pytest.mark.django_db
@pytest.mark.usefixtures("published")
def test_a_file_is_shown_as_a_dry_run_and_kept_only_when_confirmed(editor: User) -> None:
    change = changes.start_change(editor, "Import", None, NOW)
    client, path = client_of(editor), f"/directory/edit/changes/{change.pk}/import/"
    csv = as_csv(shipped_document(), "lines").replace("0121 303 1888", "0121 496 0999")
    wrong = client.post(path, {"text": csv.replace("number", "telephone", 1)})
    assert wrong.status_code == 422
    assert "The columns are not" in wrong.content.decode()
    assert "0121 496 0999" in wrong.content.decode()
    dry = client.post(path, {"text": csv})
    assert "becomes “0121 496 0999”" in dry.content.decode()
    change.refresh_from_db()
    assert change.revision == 1
    kept = client.post(path, {"text": csv, "keep": "1", "revision": "1"})
    assert kept.status_code == 302
    change = ChangeSet.objects.get(pk=change.pk)
    assert line_of(change.document, "cass")["number"] == "0121 496 0999"
    for name, kind in (("json", "application/json"), ("lines", "text/csv"), ("x", "text/html")):
        answer = client.get(f"/directory/edit/changes/{change.pk}/export/{name}/")
        assert answer["Content-Type"].startswith(kind)
    assert client.get("/directory/edit/schema.json").json()["title"]
