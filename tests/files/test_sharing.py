"""What a lead shares with an agency, and how the agency gets it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.utils import timezone

from concerns.agency.views import COOKIE, SCHEMA
from concerns.models import Attachment, FileShare, Referral
from concerns.services.routing import hash_secret
from safeguarding_portal.audit.models import Event
from tests.factories import make_referral
from tests.files.samples import picture
from tests.files.test_pages import sent, text_of, warned, work
from tests.reporter.conftest import Filed, client_of, filed

__all__ = ["filed"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("box_here")]


@pytest.fixture
def leg(filed: Filed) -> Referral:
    """Return a referral whose link is "secret"."""
    later = timezone.now() + timedelta(days=30)
    return make_referral(filed.concern, link_hash=hash_secret("secret"), link_expires_at=later)


@pytest.fixture
def item(filed: Filed, scanner: Any) -> Attachment:
    """Return a clean photo that the reporter sent with a message."""
    warned(filed, filed.reporter)
    client_of(filed.reporter).post(
        filed.path("message/"), {"text": "See", "evidence": [sent(picture(), "arm.jpg")]}
    )
    work()
    return Attachment.objects.get()


def agency(leg: Referral) -> Client:
    """Return a browser in which the code was typed."""
    from django.core import signing

    client = Client()
    client.cookies[COOKIE] = signing.dumps(leg.link_hash, salt=COOKIE)
    return client


def share(filed: Filed, item: Attachment, *legs: int) -> Any:
    url = f"/concerns/{filed.concern.reference}/file/{item.pk}/share/"
    return client_of(filed.lead).post(url, {"agencies": [str(leg) for leg in legs], "version": "1"})


def test_an_agency_gets_the_files_that_the_lead_chose_and_no_other(
    filed: Filed, leg: Referral, item: Attachment
) -> None:
    client, url = agency(leg), f"/a/secret/file/{item.pk}"
    assert "arm.jpg" not in text_of(client.get("/a/secret/"))
    assert client.get(url).status_code == 404
    assert share(filed, item, leg.pk).status_code == 302
    assert "arm.jpg" in text_of(client.get("/a/secret/"))
    answer = client.get(url)
    assert b"".join(answer.streaming_content)[:2] == b"\xff\xd8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert Event.objects.get(name="file.handed_out").detail["agency"] == leg.agency_slug
    assert leg.ledger.filter(evidence=f"file:{item.pk}").count() == 1
    assert Client().get(url).status_code == 302
    page = text_of(client_of(filed.lead).get(f"/concerns/{filed.concern.reference}/files/"))
    assert "Shared with" in page
    share(filed, item)
    assert client.get(url).status_code == 404
    assert FileShare.objects.get().ended_by == filed.lead


def test_the_pack_lists_shared_files_with_their_hash(
    filed: Filed, leg: Referral, item: Attachment
) -> None:
    share(filed, item, leg.pk)
    pack = json.loads(agency(leg).get("/a/secret/pack.json").content)
    jsonschema.validate(pack, json.loads(SCHEMA.read_text()))
    assert pack["files"] == [
        {"name": "arm.jpg", "kind": "jpeg", "size": item.size, "sha256": item.sha256}
    ]
    pdf = agency(leg).get("/a/secret/pack.pdf").content
    assert pdf[:4] == b"%PDF"


def test_what_is_not_clean_and_whom_it_does_not_concern_is_refused(
    filed: Filed, leg: Referral, item: Attachment
) -> None:
    assert share(filed, item, leg.pk + 999).status_code == 422
    assert item.file is not None
    item.file.state = "infected"
    item.file.save()
    answer = share(filed, item, leg.pk)
    assert answer.status_code == 422
    assert "has not passed the virus check" in text_of(answer)
    url = f"/concerns/{filed.concern.reference}/file/{item.pk}/share/"
    assert client_of(filed.council.adult_lead).get(url).status_code == 404
