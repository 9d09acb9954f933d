"""What an agency's person may see and take: one referral, after the code, and never more."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
import time_machine
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from concerns.models import LegEvent, Referral
from concerns.selectors.pack import referral_pack
from concerns.services import agency
from concerns.services.agency import WRONG_AN_HOUR
from concerns.services.pack import TEMPLATE
from concerns.services.routing import hash_secret
from safeguarding_portal.audit.models import Event
from safeguarding_portal.documents import pdf_of_typed
from safeguarding_portal.outbox.models import Message
from tests.answers import CHILD, Raw, changed, family
from tests.custody.conftest import Council, file
from tests.factories import NOON

JO = {"name": "Jo Worker", "role": "Social worker", "phone": "0121 496 0100"}
PACKS = ("pdf", "json")
SHIELDED = changed(
    CHILD,
    told_by={"name": ["Ira Informant"]},
    about_you={"phone": ["0121 496 0111"], "shield": ["shield"]},
)


@pytest.fixture
def noon() -> Any:
    """Stop the clock at noon."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def referred(
    council: Council, answers: Raw = CHILD, number: int = 1, link: str = "secret"
) -> Referral:
    """Return the referral of one person of a filed report; its link ends so."""
    concern = file(council.reporter, answers, NOON).concerns.get(number=number)
    referral = concern.referrals.exclude(link_hash=None).first()
    assert referral is not None
    referral.link_hash = hash_secret(link)
    referral.save()
    return referral


def entered(referral: Referral) -> Client:
    """Return a browser in which the code was typed."""
    client = Client()
    client.post("/a/secret/code/")
    code = Message.objects.filter(kind="referral_code").latest("id").context["code"]
    answer = client.post("/a/secret/", {"code": code})
    assert answer.status_code == 302
    return client


@pytest.mark.parametrize("path", ["pack.pdf", "pack.json", "accept/", "return/"])
def test_without_the_code_a_link_leads_only_to_the_code(
    path: str, council: Council, noon: Any
) -> None:
    referred(council)
    answer = Client().get(f"/a/secret/{path}")
    assert (answer.status_code, answer["Location"]) == (302, "/a/secret/")
    assert "Robin" not in Client().get("/a/secret/").content.decode()
    assert not LegEvent.objects.filter(kind__in=("downloaded", "opened")).exists()


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_a_scanner_that_follows_every_link_accepts_nothing(
    method: str, council: Council, noon: Any
) -> None:
    referral = referred(council)
    client = entered(referral)
    for path in ("", "accept/", "return/", "code/"):
        getattr(client, method)(f"/a/secret/{path}")
    referral.refresh_from_db()
    assert referral.state == "opened"
    assert Message.objects.filter(kind="referral_code").count() == 1


@pytest.mark.parametrize(
    ("change", "words", "status"),
    [
        ({"state": "withdrawn"}, "This referral was withdrawn", 410),
        ({"link_expires_at": NOON - timedelta(minutes=1)}, "This link is too old", 410),
        ({"link_hash": hash_secret("another")}, "This link does not work", 404),
    ],
)
def test_a_dead_link_says_why_and_no_more(
    change: dict[str, Any], words: str, status: int, council: Council, noon: Any
) -> None:
    referral = referred(council)
    client = entered(referral)
    Referral.objects.filter(pk=referral.pk).update(**change)
    for path in ("", "pack.pdf", "pack.json", "accept/", "return/"):
        answer = client.get(f"/a/secret/{path}")
        text = answer.content.decode()
        assert (answer.status_code, words in text) == (status, True)
        assert "Robin" not in text
        assert referral.concern.reference not in text


def test_a_browser_opens_only_the_referral_whose_code_was_typed_in_it(
    council: Council, noon: Any
) -> None:
    client = entered(referred(council))
    referred(council, link="other")
    assert client.get("/a/other/pack.json").status_code == 302
    # Both can be open side by side.
    client.post("/a/other/code/")
    code = Message.objects.filter(kind="referral_code").latest("id").context["code"]
    client.post("/a/other/", {"code": code})
    assert client.get("/a/other/pack.json").status_code == 200


def test_every_look_at_the_referral_is_an_event(council: Council, noon: Any) -> None:
    referral = referred(council)
    client = entered(referral)
    for _ in range(2):
        assert "Robin Example" in client.get("/a/secret/").content.decode()
    looks = Event.objects.filter(name="referral.viewed", concern_id=referral.concern_id)
    assert [event.actor_label for event in looks] == ["agency", "agency"]


@pytest.mark.parametrize("form", PACKS)
def test_every_download_of_the_pack_is_an_event_and_accepts_nothing(
    form: str, council: Council, noon: Any
) -> None:
    referral = referred(council)
    client = entered(referral)
    for _ in range(2):
        answer = client.get(f"/a/secret/pack.{form}")
        assert answer.status_code == 200
        name = f"referral-{referral.concern.reference}.{form}"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
        assert answer["Cache-Control"].count("no-store")
    events = Event.objects.filter(name="leg.downloaded", concern_id=referral.concern_id)
    assert [event.detail["form"] for event in events] == [form, form]
    assert LegEvent.objects.filter(kind="downloaded", evidence=form).count() == 2
    referral.refresh_from_db()
    assert referral.state == "opened"
    assert client.get("/a/secret/pack.exe").status_code == 404


def test_the_json_fits_the_schema_that_anybody_may_read(council: Council, noon: Any) -> None:
    published = Client().get("/schemas/1/referral-pack.schema.json")
    assert published["Content-Type"] == "application/schema+json"
    schema = json.loads(published.content)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    pack = json.loads(entered(referred(council, SHIELDED)).get("/a/secret/pack.json").content)
    validator.validate(pack)
    assert pack["people"][0]["name"] == "Robin Example"
    assert pack["concern"]["received_at"] == "2026-11-24T12:00+00:00"
    assert pack["report"]["reporter"]["shield"] is True


def test_the_pdf_is_tagged_titled_and_in_english_and_holds_what_was_said(
    council: Council, noon: Any
) -> None:
    content = entered(referred(council)).get("/a/secret/pack.pdf").content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        tags = structure(pdf.Root.StructTreeRoot.K)
    assert tags.count("/Title") == 1
    assert {"/H1", "/H2", "/L", "/LI", "/Lbl", "/LBody"} <= set(tags)


def structure(node: Any) -> list[str]:
    """Return the structure types beneath a node of the tag tree."""
    if isinstance(node, pikepdf.Array):
        return [tag for child in node for tag in structure(child)]
    if not isinstance(node, pikepdf.Dictionary) or "/S" not in node:
        return []
    return [str(node.S), *(structure(node.K) if "/K" in node else [])]


@pytest.mark.parametrize(
    "typed",
    [
        "#eval(1) *b* `x` $x$ [y] <z> @w \\ // /* */",
        "اسم",
        "Łukasz Ñ ß",
        "😀 𓀀",
        "a\n\n b",
        "x" * 9000,
    ],
)
def test_any_text_goes_into_the_pdf_as_it_was_typed(
    typed: str, council: Council, noon: Any
) -> None:
    referral = referred(council)
    pack = referral_pack(referral, NOON)
    pack["people"][0]["name"] = typed
    pack["report"]["cards"][0]["rows"].append({"question": typed, "answer": typed})
    with pikepdf.open(io.BytesIO(pdf_of_typed(TEMPLATE, pack, NOON))) as pdf:
        assert pdf.Root.MarkInfo.Marked


def test_the_pack_never_names_who_told_the_reporter_nor_another_person_at_risk(
    council: Council, noon: Any
) -> None:
    for number in (1, 2):
        referral = referred(council, family(), number, f"secret {number}")
        text = json.dumps(referral_pack(referral, NOON))
        assert ("Robin Example" in text) == (number == 1)
        assert "Kim Example" not in text
    client = entered(referred(council, SHIELDED))
    shown = (
        client.get("/a/secret/").content.decode()
        + client.get("/a/secret/pack.json").content.decode()
    )
    assert "Ira Informant" not in shown
    assert "Do not tell them" in shown


def test_wrong_codes_are_counted_and_then_no_code_opens_for_an_hour(
    council: Council, noon: Any
) -> None:
    referral = referred(council)
    client = Client()
    for number in range(WRONG_AN_HOUR):
        if number % 5 == 0:
            agency.send_code(referral.pk, NOON)
        assert client.post("/a/secret/", {"code": "wrong"}).status_code == 422
    agency.send_code(referral.pk, NOON)
    code = Message.objects.filter(kind="referral_code").latest("id").context["code"]
    text = client.post("/a/secret/", {"code": code}).content.decode()
    assert "Too many wrong codes were typed" in text
    assert referral.ledger.filter(kind="code_wrong").count() == WRONG_AN_HOUR
    noon.shift(timedelta(hours=1, seconds=1))
    assert entered(referral)


@pytest.mark.parametrize(
    "phone", ["", "12", "0121 496", "+1 212 555 0100", "the front desk", "0" * 41]
)
def test_a_phone_number_that_cannot_be_rung_is_refused_and_nothing_typed_is_lost(
    phone: str, council: Council, noon: Any
) -> None:
    referral = referred(council)
    answer = entered(referral).post("/a/secret/accept/", JO | {"phone": phone})
    assert answer.status_code == 422
    assert "Jo Worker" in answer.content.decode()
    referral.refresh_from_db()
    assert referral.state == "opened"


def test_returning_says_why_and_whom_to_try_and_goes_back_to_the_leads_at_once(
    council: Council, noon: Any
) -> None:
    referral = referred(council)
    client = entered(referral)
    typed = JO | {"reason": "The child lives in Solihull", "instead": "Solihull's front door"}
    assert client.post("/a/secret/return/", typed).status_code == 302
    referral.refresh_from_db()
    assert referral.returned_reason == "The child lives in Solihull\n\nTry: Solihull's front door"
    assert referral.escalate_at == NOON
    assert Message.objects.get(kind="referral_returned").recipient == council.child_lead.email
    assert "Return it" not in client.get("/a/secret/").content.decode()
    again = client.post("/a/secret/return/", typed)
    assert "returned this already" in again.content.decode()


@pytest.mark.parametrize("text", ["\x00", "😀" * 300, "x" * 200_000])
def test_strange_text_is_never_a_500(text: str, council: Council, noon: Any) -> None:
    client = entered(referred(council))
    for path in ("", "accept/", "return/"):
        typed = {"code": text, "name": text, "role": text, "phone": text, "reason": text}
        assert client.post(f"/a/secret/{path}", typed).status_code in {200, 302, 422}
    assert client.get("/a/%00/pack.pdf").status_code == 404
