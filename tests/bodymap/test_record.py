"""The body map of a record: later marks, marks struck out, and what an agency gets of them."""

from __future__ import annotations

import io
import json
from typing import Any

import pikepdf
import pytest
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator, FormatChecker

from concerns.agency.views import SCHEMA
from concerns.bodymap.kinds import MOST_MARKS
from concerns.bodymap.marks import Mark, place
from concerns.models import BodyMark, Concern, Correspondence, Referral, StruckMark
from concerns.selectors.body_map import body_map_of
from concerns.selectors.pack import referral_pack
from concerns.services.body_map import add_mark_to_report, record_mark, strike_out
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.pack import download_pack
from concerns.triage.chronology import SHOWN_AT_FIRST, chronology
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from tests.bodymap.test_draft import BRUISE, WITH_MARKS
from tests.concerns.conftest import Council
from tests.custody.conftest import file
from tests.factories import NOON, make_user

pytestmark = pytest.mark.django_db


def mark(area: str = "left-heel-back", **fields: Any) -> Mark:
    """Return a mark that has no number yet."""
    values: dict[str, Any] = {
        "kind": "pressure-sore",
        "kind_words": "Pressure sore",
        "seen_by": "Casey",
    }
    return Mark(number=0, **place("child", area, None, None), **values | fields)


@pytest.fixture
def concern(council: Council) -> Concern:
    """Return a record whose statement has two marks."""
    return file(council.reporter, WITH_MARKS, NOON).concerns.get()


def browser_of(user: User) -> Client:
    """Return somebody's browser."""
    client = Client()
    client.force_login(user)
    return client


def test_later_marks_count_on_from_those_that_were_filed(
    council: Council, concern: Concern
) -> None:
    added = record_mark(concern.pk, council.child_lead, mark(), NOON)
    assert added.title == "Mark 3: left heel: pressure sore"
    shown = body_map_of(concern).marks
    assert [one.mark.number for one in shown] == [1, 2, 3]
    assert [one.from_reporter for one in shown] == [True, True, False]
    event = Event.objects.filter(name="body_map.recorded").latest("id")
    assert event.detail == {"marks": 1}


def test_the_same_mark_sent_twice_is_one(council: Council, concern: Concern) -> None:
    for _ in range(2):
        assert record_mark(concern.pk, council.child_lead, mark(), NOON).number == 3
    assert BodyMark.objects.count() == 1


def test_a_full_map_takes_no_more(council: Council, concern: Concern) -> None:
    for size in range(MOST_MARKS - 2):
        record_mark(concern.pk, council.child_lead, mark(length_mm=size + 1), NOON)
    with pytest.raises(NotAllowedError, match="Tell of the others in words"):
        record_mark(concern.pk, council.child_lead, mark("nose-front"), NOON)


def test_who_does_not_see_a_record_cannot_mark_it(council: Council, concern: Concern) -> None:
    for outsider in (council.adult_lead, make_user()):
        with pytest.raises(Http404):
            record_mark(concern.pk, outsider, mark(), NOON)
        with pytest.raises(Http404):
            strike_out(concern.pk, outsider, 1, "Not theirs", NOON)
        with pytest.raises(Http404):
            add_mark_to_report(concern.report_id, concern.reference, outsider, mark(), NOON)
        address = f"/concerns/{concern.reference}/body-map/"
        for rest in ("", "add/", "1/"):
            assert browser_of(outsider).get(address + rest).status_code == 404


def test_a_mark_that_was_struck_out_is_still_shown_with_the_reason(
    council: Council, concern: Concern
) -> None:
    strike_out(concern.pk, council.child_lead, 1, "It was the other arm", NOON)
    with pytest.raises(ConflictError):
        strike_out(concern.pk, council.child_lead, 1, "Again", NOON)
    with pytest.raises(Http404):
        strike_out(concern.pk, council.child_lead, 9, "No such mark", NOON)
    text = browser_of(council.child_lead).get(f"/concerns/{concern.reference}/body-map/")
    assert "It was the other arm" in text.content.decode()
    assert "Mark 1: left forearm, front" in text.content.decode()
    titles = [entry.title for entry in chronology(concern.pk, SHOWN_AT_FIRST)]
    assert "Body map: a mark struck out" in titles


def test_the_database_keeps_marks_and_strokes_as_they_are(
    council: Council, concern: Concern
) -> None:
    record_mark(concern.pk, council.child_lead, mark(), NOON)
    strike_out(concern.pk, council.child_lead, 3, "Slip", NOON)
    for rows in (BodyMark.objects.all(), StruckMark.objects.all()):
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            rows.update(number=7)
        with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
            rows.delete()


def test_a_reporters_later_mark_is_an_addition_that_is_told(
    council: Council, concern: Concern
) -> None:
    browser = browser_of(council.reporter)
    address = f"/reports/{concern.report.reference}/mark/{concern.reference}/"
    assert "Mark 1: left forearm" in browser.get(address).content.decode()
    answer = browser.post(address, {**BRUISE, "area": ["right-calf-back"]})
    assert answer.status_code == 302
    assert browser.post(address, {"area": "right-calf-back"}).status_code == 422
    assert Correspondence.objects.get().text == "Body map: mark 3 added."
    shown = body_map_of(concern).marks[-1]
    assert (shown.mark.number, shown.from_reporter) == (3, True)
    assert browser.get(address.replace(concern.reference, "0000-0000-0")).status_code == 404


def test_a_lead_adds_a_mark_on_the_page_and_a_mistake_loses_nothing(
    council: Council, concern: Concern
) -> None:
    browser = browser_of(council.child_lead)
    address = f"/concerns/{concern.reference}/body-map/"
    assert browser.get(address + "add/").status_code == 200
    wrong = browser.post(address + "add/", {**BRUISE, "area": ""})
    assert wrong.status_code == 422
    assert "I fell off the swing" in wrong.content.decode()
    typed = {**BRUISE, "figure": ["baby"], "area": ["nappy-area-front"], "x": ["500"], "y": ["690"]}
    answer = browser.post(address + "add/", typed, follow=True)
    assert "Mark 3: nappy area: bruise, 3 cm by 2 cm, purple. It is recorded." in (
        answer.content.decode()
    )
    kept = body_map_of(concern).marks[-1].mark
    assert kept.is_exact
    assert (kept.figure, kept.x, kept.y) == ("baby", 500, 690)
    assert kept.seen_by.startswith("Casey Childlead")
    assert browser.get(address + "1/").status_code == 200
    assert browser.post(address + "1/", {"reason": ""}).status_code == 422
    assert browser.post(address + "1/", {"reason": "Slip"}).status_code == 302
    assert browser.get(address + "99/").status_code == 404


def test_the_map_costs_the_same_statements_for_one_mark_and_for_thirty(
    council: Council, concern: Concern
) -> None:
    browser, counts = browser_of(council.child_lead), []
    for upto in (1, 30):
        for size in range(upto):
            record_mark(concern.pk, council.child_lead, mark(length_mm=size + 1), NOON)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            browser.get(f"/concerns/{concern.reference}/body-map/")
        told = [row for row in caught if not row["sql"].startswith(("SAVEPOINT", "RELEASE"))]
        counts.append(len(told))
    assert counts[0] == counts[1] <= 12


def test_days_can_be_compared_and_what_was_struck_out_is_left_away(
    council: Council, concern: Concern
) -> None:
    record_mark(concern.pk, council.child_lead, mark(seen_on="2024-11-20"), NOON)
    strike_out(concern.pk, council.child_lead, 2, "Slip", NOON)
    days = body_map_of(concern).by_day
    assert [day for day, _ in days] == ["20 November 2024", "23 November 2024"]
    assert [[view.view for view in views] for _, views in days] == [["back"], ["front"]]


def test_a_record_without_marks_says_what_to_do(council: Council) -> None:
    bare = file(council.reporter, {k: v for k, v in WITH_MARKS.items() if "mark" not in k}, NOON)
    address = f"/concerns/{bare.concerns.get().reference}/body-map/"
    assert "Add one when" in browser_of(council.child_lead).get(address).content.decode()


@pytest.fixture
def referral(council: Council, concern: Concern) -> Referral:
    """Return the referral of the record with marks, one struck out."""
    record_mark(concern.pk, council.child_lead, mark(looks="a ☂ round \\ #mark"), NOON)
    strike_out(concern.pk, council.child_lead, 2, "It was dirt", NOON)
    found = concern.referrals.exclude(link_hash=None).select_related("concern__report").first()
    assert found is not None
    return found


def test_the_pack_as_json_fits_its_schema_and_holds_every_mark_once(referral: Referral) -> None:
    pack = json.loads(download_pack(referral, "json", NOON))
    schema = json.loads(SCHEMA.read_text())
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(pack)
    marks = pack["body_map"]["marks"]
    assert [one["number"] for one in marks] == [1, 2, 3]
    assert marks[0]["words"] == "left forearm, front: bruise, 3 cm by 2 cm, purple"
    assert (marks[0]["seen_on"], marks[0]["seen_at"]) == ("2024-11-23", "16:20")
    assert marks[1]["struck_out"]["reason"] == "It was dirt"
    assert not any(card["title"].startswith("Body map") for card in pack["report"]["cards"])


def test_the_pack_as_pdf_has_the_figures_with_their_words_and_a_table(referral: Referral) -> None:
    with pikepdf.open(io.BytesIO(download_pack(referral, "pdf", NOON))) as pdf:
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        nodes = list(every_node(pdf.Root.StructTreeRoot.K))
    words = [str(node.Alt) for node in nodes if "/Alt" in node]
    assert len(words) == 2
    assert "Mark 1: left forearm, front: bruise, 3 cm by 2 cm, purple" in words[0]
    assert "Mark 3: left heel: pressure sore" in words[1]
    tags = [str(node.S) for node in nodes]
    assert tags.count("/Table") == 1
    assert tags.count("/TR") == 4


def test_another_person_of_the_report_is_not_in_the_pack(council: Council) -> None:
    raw = {
        **WITH_MARKS,
        "person.2": {"group": ["child"], "age": ["3"]},
        "where.2": {"lives": ["birmingham"], "now": ["home"]},
        "worry.2": {"worry": ["same"]},
    }
    report = file(council.reporter, raw, NOON)
    second = report.concerns.get(number=2)
    referral = second.referrals.exclude(link_hash=None).select_related("concern__report").first()
    assert referral is not None
    pack = referral_pack(referral, NOON)
    assert pack["body_map"] is None
    assert "forearm" not in json.dumps(pack)


def every_node(node: Any) -> Any:
    """Yield the elements beneath a node of the tag tree."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from every_node(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield node
        if "/K" in node:
            yield from every_node(node.K)
