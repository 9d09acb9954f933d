"""The chronology: everything that happened, when it happened and when it was recorded."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pypdf import PdfReader

from concerns.models import Concern
from concerns.selectors.news import changes_since
from concerns.triage.chronology import KINDS, READ, chronology, kinds_asked_for
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.services import record
from tests.factories import NOON, make_concern, make_lead, make_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> tuple[Concern, User]:
    team = make_team()
    return make_concern(team), make_lead(team)


def happened(concern: Concern, lead: User, name: str, hours: float) -> None:
    with transaction.atomic():
        record(
            name,
            actor=lead,
            concern_id=concern.pk,
            happened_at=NOON + timedelta(hours=hours),
            detail={"agency": "lado"} if name.startswith("call") else None,
        )


def test_a_late_entry_slots_in_when_it_happened_and_says_when_it_was_recorded(
    scene: tuple[Concern, User],
) -> None:
    concern, lead = scene
    happened(concern, lead, "concern.taken", 2)
    happened(concern, lead, "call.recorded", 1)
    call, taken = chronology(concern.pk, kinds_asked_for([]))
    assert (call.title[:8], call.kind) == ("Call to ", "agencies")
    assert call.at < taken.at
    assert call.text.startswith("Recorded later: ")


def test_each_kind_can_be_shown_alone_and_reads_are_hidden_at_first(
    scene: tuple[Concern, User],
) -> None:
    concern, lead = scene
    names = ("note.added", "call.recorded", "access.restricted", "concern.viewed")
    for name in names:
        happened(concern, lead, name, 1)
    for (kind, _), name in zip(KINDS, names, strict=True):
        assert [entry.kind for entry in chronology(concern.pk, frozenset({kind}))] == [kind], name
    shown = {entry.kind for entry in chronology(concern.pk, kinds_asked_for(["nonsense"]))}
    assert shown == {"work", "agencies", "access"}


def test_the_page_shows_what_was_ticked_and_says_what_to_do_when_there_is_nothing(
    scene: tuple[Concern, User],
) -> None:
    concern, lead = scene
    client = Client()
    client.force_login(lead)
    path = f"/concerns/{concern.reference}/chronology/"
    assert "Tick other kinds" in client.get(path, {"show": "access"}).content.decode()
    page = client.get(path, {"show": "reads"}).content.decode()
    assert 'value="reads" checked' in page
    assert ">Read<" in page


def test_the_chronology_is_given_as_a_tagged_pdf_and_that_is_recorded(
    scene: tuple[Concern, User],
) -> None:
    concern, lead = scene
    happened(concern, lead, "note.added", 1)
    happened(concern, lead, "concern.viewed", 2)
    client = Client()
    client.force_login(lead)
    answer = client.get(f"/concerns/{concern.reference}/chronology.pdf", {"show": "work"})
    assert answer["Content-Type"] == "application/pdf"
    file = PdfReader(BytesIO(answer.content))
    root: Any = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    text = file.pages[0].extract_text()
    assert "Note added" in text
    assert "Read" not in text.replace("Reader", "")
    assert Event.objects.filter(name="concern.exported", concern_id=concern.pk).count() == 1
    stranger = Client()
    stranger.force_login(make_lead(make_team("adults")))
    assert stranger.get(f"/concerns/{concern.reference}/chronology.pdf").status_code == 404


def test_what_the_chronology_calls_a_read_is_no_change_to_anybody_else(
    scene: tuple[Concern, User],
) -> None:
    concern, lead = scene
    for name in (*READ, "note.added"):
        happened(concern, lead, name, 1)
    changes = changes_since(make_lead(make_team()), concern.pk, 0)
    assert [event.name for event in changes] == ["note.added"]
