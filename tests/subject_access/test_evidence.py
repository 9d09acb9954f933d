"""What is held in files and on body maps is gathered, of the concerns of the person alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from concerns.models import Attachment, BodyMark, Concern, Note, StruckMark
from concerns.selectors.personal_data import Scope
from concerns.selectors.personal_data_evidence import file_items, mark_items
from safeguarding_portal.files import store
from safeguarding_portal.files.models import StoredFile, StoredObject
from safeguarding_portal.files.objects import write_object
from safeguarding_portal.files.services import Received, keep
from tests.factories import NOON, make_concern
from tests.subject_access.conftest import Office

pytestmark = pytest.mark.django_db


def attach(of: Concern, office: Office, name: str, **fields: Any) -> Attachment:
    """Return a PDF that was sent with a report, clean, with the words in it."""
    sealed = store.seal([b"pdf"])
    file = keep(Received(name, "pdf", sealed), office.council.reporter, NOON)
    StoredFile.objects.filter(pk=file.pk).update(state="clean", scanned_at=NOON)
    words = store.seal([f"Words of {name}".encode()])
    write_object(words, StoredObject.Role.TEXT, file=file)
    values = {
        "part": "report",
        "report": of.report,
        "file": file,
        "added_by": office.council.reporter,
        "name": name,
        "kind": "pdf",
        "size": 3,
        "sha256": sealed.sha256,
        "created_at": NOON,
        "sent_at": NOON,
    }
    return Attachment.objects.create(**values | fields)


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path


def test_files_are_gathered_with_who_sent_them_and_the_words_in_them(office: Office) -> None:
    concern, report = office.concern, office.report
    sibling = make_concern(office.council.children, report, number=2)
    note = Note.objects.create(concern=sibling, author=office.officer, text="x", created_at=NOON)
    attach(concern, office, "letter.pdf")
    attach(concern, office, "unsent.pdf", sent_at=None)
    attach(sibling, office, "theirs.pdf", part="note", concern=sibling, note=note)
    (found,) = file_items(Scope({concern.pk: report.pk}))
    assert (found.concern_id, found.report_id, found.at) == (concern.pk, report.pk, NOON)
    assert found.text.splitlines() == [
        "Name: letter.pdf",
        "Kind: pdf",
        "Sent: With the report",
        f"By: {office.council.reporter.full_name}",
        "Words in it: Words of letter.pdf",
    ]


def test_words_that_are_not_there_are_said_not_to_be(office: Office) -> None:
    damaged = attach(office.concern, office, "damaged.pdf")
    assert damaged.file is not None
    store.remove(damaged.file.sealed.get(role="text").object_id)
    attach(office.concern, office, "waits.pdf")
    StoredFile.objects.filter(name="waits.pdf").update(state="waiting")
    attach(office.concern, office, "destroyed.pdf", file=None)
    said = {item.text.splitlines()[0]: item.text for item in file_items(scope_of(office))}
    assert "damaged where we keep files" in said["Name: damaged.pdf"]
    assert "Being checked" in said["Name: waits.pdf"]
    assert "was destroyed" in said["Name: destroyed.pdf"]


def scope_of(office: Office) -> Scope:
    """Return the concern in which Robin was found."""
    return Scope({office.concern.pk: office.report.pk})


def test_marks_and_what_was_struck_out_are_gathered(office: Office) -> None:
    by = {"concern": office.concern, "author": office.officer, "created_at": NOON, "number": 1}
    data = {"number": 1, "figure": "child", "view": "front", "area": "x", "area_words": "left arm"}
    data |= {"x": 1, "y": 1, "is_exact": False, "kind": "bruise", "kind_words": "Bruise"}
    BodyMark.objects.create(data=data | {"seen_by": "Nurse Kim"}, from_reporter=False, **by)
    StruckMark.objects.create(reason="The other arm", **by)
    mark, struck = mark_items(scope_of(office))
    assert "left arm: bruise" in mark.text
    assert "Nurse Kim" in mark.text
    assert struck.text == "Mark 1 was recorded in error: The other arm"
