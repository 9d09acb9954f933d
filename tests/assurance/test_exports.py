"""Events are taken out with a reason, as a table, as data, or as evidence that proves itself."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit import exports
from safeguarding_portal.audit.chain import public_key_text
from safeguarding_portal.audit.evidence_check import check_text
from safeguarding_portal.audit.models import Event, TrailExport
from safeguarding_portal.audit.sealing import seal_new_events
from tests.assurance.conftest import happen
from tests.factories import give_role, make_concern, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader() -> User:
    """Return somebody, called like a formula, who read one record three times."""
    person = make_user(full_name="=Kim Reader")
    concern = make_concern()
    for minutes in (9, 8, 7):
        at = timezone.now() - timedelta(minutes=minutes)
        happen("concern.viewed", person, at, concern, "192.0.2.7")
    seal_new_events(timezone.now())
    happen("queue.viewed", person, timezone.now() - timedelta(minutes=1), shown=["A-1"])
    return person


def ask(desk: Client, reader: User, form: str, more: str = "") -> TrailExport:
    answer = desk.post(
        f"/audit/export/?person={reader.pk}{more}", {"form": form, "reason": "A complaint."}
    )
    assert answer.status_code == 302, answer.content.decode()
    page = desk.get(answer["Location"])
    assert "A complaint." in page.content.decode()
    found = TrailExport.objects.first()
    assert found is not None
    return found


def download(desk: Client, export: TrailExport) -> bytes:
    answer: Any = desk.get(f"/audit/exports/{export.pk}/file")
    assert answer.status_code == 200
    assert "Reader" not in answer["Content-Disposition"]
    return b"".join(answer.streaming_content)


def test_a_table_has_a_row_an_event_and_says_where_it_ends(desk: Client, reader: User) -> None:
    export = ask(desk, reader, "csv")
    happen("note.added", reader, timezone.now())
    rows = list(csv.reader(io.StringIO(download(desk, export).decode())))
    assert len(rows) == 6, "what happened after it was asked for is not in it"
    assert rows[-1] == ["End of the file: 4 events"]
    assert rows[1][2] == "'=Kim Reader", "no formula in anybody's spreadsheet"
    assert rows[1][8].startswith("seal ")
    assert rows[4][8] == "not sealed yet"
    names = set(Event.objects.values_list("name", flat=True))
    assert {"trail.export_asked", "trail.exported"} <= names


def test_a_file_asks_to_sign_in_again_first(desk: Client, reader: User, settings: Any) -> None:
    export = ask(desk, reader, "csv")
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = desk.get(f"/audit/exports/{export.pk}/file")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Event.objects.filter(name="trail.exported").exists()


def test_data_holds_the_same_and_a_filter_narrows_it(desk: Client, reader: User) -> None:
    whole = json.loads(download(desk, ask(desk, reader, "json")))
    assert whole["count"] == len(whole["events"]) == 4
    assert whole["reason"] == "A complaint."
    narrowed = json.loads(download(desk, ask(desk, reader, "json", "&address=192.0.2.7")))
    assert [event["name"] for event in narrowed["events"]] == ["concern.viewed"] * 3


def test_evidence_proves_itself_outside_the_portal(desk: Client, reader: User) -> None:
    text = download(desk, ask(desk, reader, "evidence")).decode()
    result = check_text(text, public_key_text())
    assert (result.events, result.unsealed, result.problems) == (4, 1, ())


def test_the_pdf_is_signed_and_not_without_end(
    desk: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert download(desk, ask(desk, reader, "pdf")).startswith(b"%PDF")
    monkeypatch.setattr(exports, "MOST_IN_PDF", 3)
    answer = desk.post(
        f"/audit/export/?person={reader.pk}", {"form": "pdf", "reason": "A complaint."}
    )
    assert answer.status_code == 422
    assert "These are 4 events, and a PDF takes 3" in answer.content.decode()


def test_without_a_reason_nothing_is_taken_out_and_nothing_typed_is_lost(
    desk: Client, reader: User
) -> None:
    here = f"/audit/export/?person={reader.pk}"
    assert desk.post(here, {"form": "csv"}).status_code == 422
    answer = desk.post(here, {"form": "none", "reason": "Kept words"})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert not TrailExport.objects.exists()
    for asked in ("", "?person=x", "?person=99999999", "?record=NONE", "?record=%00"):
        assert desk.get(f"/audit/export/{asked}").status_code == 404


def test_only_whoever_asked_downloads_it_and_for_a_day(desk: Client, reader: User) -> None:
    export = ask(desk, reader, "csv")
    other = make_user()
    give_role(other, Role.AUDITOR)
    elsewhere = Client()
    elsewhere.force_login(other)
    for address in (f"/audit/exports/{export.pk}/", f"/audit/exports/{export.pk}/file"):
        assert elsewhere.get(address).status_code == 404
    assert exports.export_of(export.asked_by, export.pk, timezone.now()) == export
    tomorrow = timezone.now() + timedelta(hours=25)
    assert exports.export_of(export.asked_by, export.pk, tomorrow) is None


def test_a_long_one_is_read_in_parts(
    desk: Client, reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("safeguarding_portal.audit.trail.CHUNK", 2)
    for form in ("csv", "json", "evidence"):
        assert download(desk, ask(desk, reader, form))
    text = download(desk, ask(desk, reader, "evidence")).decode()
    assert check_text(text, public_key_text()).problems == ()
