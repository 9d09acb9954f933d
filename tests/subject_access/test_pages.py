"""The pages of a request: who gets them, what they refuse, and how many statements they take."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.models import AccessRequest, Note
from concerns.services import subject_access as service
from concerns.services.subject_access_gather import ask_for, gather_waiting
from concerns.subject_access import urls
from safeguarding_portal.accounts.models import Role
from safeguarding_portal.audit.models import Event
from tests.factories import NOON, give_role, make_user
from tests.subject_access.conftest import LATER, Office, client_of, namesake

pytestmark = pytest.mark.django_db
MOST_STATEMENTS = 12
TODAY = {"received_on_day": "24", "received_on_month": "11", "received_on_year": "2026"}
NEW = {
    "requester": "self",
    "requester_name": "Robin Example",
    "received_how": "by letter",
    "name": "Robin Example",
    **TODAY,
}
PASSWORD = "three quiet lamps at dusk"


def pages_of(request: AccessRequest, office: Office) -> list[str]:
    """Return every address of a request."""
    base = f"/subject-access/{request.reference}/"
    item, row = request.items.first(), request.candidates.first()
    values = {"items": item.pk if item else 1, "found": row.pk if row else 1, "complaint": 1}
    found = []
    for pattern in urls.urlpatterns:
        path = str(pattern.pattern)
        if "<str:reference>" in path:
            part = path.split("/")[1]
            path = path.removeprefix("<str:reference>/")
            path = path.replace("<int:pk>", str(values.get(part, 1)))
            path = path.replace("<slug:kind>", "search").replace("<slug:form>", "pdf")
            found.append(base + path.replace("<str:concern>", office.concern.reference))
    return found


def test_no_page_of_a_request_exists_for_anybody_else(office: Office) -> None:
    request = office.collected()
    paths = ["/subject-access/", "/subject-access/new/", *pages_of(request, office)]
    auditor = make_user()
    give_role(auditor, Role.AUDITOR)
    for person in (office.council.child_lead, office.council.manager, auditor, make_user()):
        client = client_of(person)
        for path in paths:
            if path.endswith(("answer.pdf",)):
                continue  # Asked to sign in anew first, whoever it is.
            for answer in (client.get(path), client.post(path)):
                assert answer.status_code in (404, 405), (path, answer.status_code)


def test_another_officer_sees_the_request_and_nothing_that_was_collected(office: Office) -> None:
    request = office.collected()
    client = client_of(office.second)
    base = f"/subject-access/{request.reference}/"
    assert client.get(base).status_code == 200
    item = request.items.first()
    assert item is not None
    for path in ("found/", "items/", f"items/{item.pk}/", "check/", "changes/"):
        assert client.get(base + path).status_code == 404


def test_a_request_goes_its_way_through_the_pages(office: Office) -> None:
    client = client_of(office.officer)
    answer = client.post("/subject-access/new/", NEW)
    request = AccessRequest.objects.get()
    base = f"/subject-access/{request.reference}/"
    assert answer["Location"] == base
    shown = {"shown_on_day": "24", "shown_on_month": "11", "shown_on_year": "2026"}
    assert client.post(f"{base}identity/", {"how": "Passport", **shown}).status_code == 302
    assert client.post(f"{base}gather/search/").status_code == 302
    assert "Looking for the person" in client.get(base).content.decode()
    progress = client.get(f"{base}progress/", headers={"hx-request": "true"})
    assert "0 of 1 places" in progress.content.decode()
    assert client.get(f"{base}progress/").status_code == 302
    gather_waiting(timezone.now())
    done = client.get(f"{base}progress/", headers={"hx-request": "true"})
    assert done["HX-Refresh"] == "true"
    found = client.get(f"{base}found/").content.decode()
    assert office.concern.reference in found
    row = request.candidates.get()
    page = f"{base}found/{row.pk}/"
    assert client.post(page, {}).status_code == 422
    assert client.post(page, {"is_person": "yes", "reason": "Born then"}).status_code == 302
    client.post(f"{base}gather/collect/")
    gather_waiting(timezone.now())
    items = list(request.items.all())
    for item in items:
        assert client.get(f"{base}items/{item.pk}/").status_code == 200
        kept = [str(row.pk) for row in item.redactions.all()]
        sent: dict[str, Any] = {"decision": "give", "kept": kept}
        if item.suggested:
            sent = {"decision": "withhold", "exemption": item.suggested, "reason": "Not theirs"}
        assert client.post(f"{base}items/{item.pk}/", sent).status_code == 302
    assert client.post(f"{base}ask-check/").status_code == 302
    other = client_of(office.second)
    other.post(f"{base}take-check/")
    compare = other.get(f"{base}check/").content.decode()
    assert "As held" in compare
    assert "<del>Samuel" in compare
    assert other.post(f"{base}check/", {"agreed": "no"}).status_code == 422
    assert other.post(f"{base}check/", {"agreed": "yes"}).status_code == 302
    client.post(f"{base}gather/compare/")
    gather_waiting(timezone.now())
    assert "Download the answer" in client.get(base).content.decode()
    assert client.post(f"{base}handed-over/", {}).status_code == 422
    assert client.post(f"{base}handed-over/", {"how": "Collected"}).status_code == 302
    request.refresh_from_db()
    assert request.state == "sent"


def test_a_download_asks_to_sign_in_again_first(office: Office) -> None:
    request = office.agreed()
    # The comparison must be fresh at the moment of the page.
    request.gatherings.filter(kind="compare").update(done_at=timezone.now())
    office.officer.set_password(PASSWORD)
    office.officer.save()
    path = f"/subject-access/{request.reference}/answer.pdf"
    client = client_of(office.officer)
    answer = client.get(path)
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]
    assert not Event.objects.filter(name="access_request.exported").exists()
    answer = client.post(answer["Location"], {"password": PASSWORD})
    assert answer["Location"] == path
    assert client.get(path)["Content-Type"] == "application/pdf"
    assert Event.objects.filter(name="access_request.exported").count() == 1


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, "Select who asks"),
        ({**NEW, "received_on_year": "2999"}, "has not come yet"),
        ({**NEW, "name": ""}, "Enter the name of the person"),
        ({**NEW, "staff_email": "nobody@example.org"}, "Nobody has this work email"),
        ({**NEW, "requester": "forged"}, "Select one of the answers shown"),
        ({**NEW, "name": "a\x00b"}, "took out a character"),
        ({**NEW, "about": "x" * 200_000}, "too long"),
    ],
)
def test_what_cannot_be_is_refused_in_plain_words(
    office: Office, sent: dict[str, str], error: str
) -> None:
    answer = client_of(office.officer).post("/subject-access/new/", sent)
    assert answer.status_code == 422
    assert error in answer.content.decode()


def test_words_that_are_not_in_an_item_and_holding_back_without_reason_are_refused(
    office: Office,
) -> None:
    request = office.collected()
    item = request.items.get(key__startswith="report", text__contains="shouted")
    client = client_of(office.officer)
    path = f"/subject-access/{request.reference}/items/{item.pk}/"
    answer = client.post(path, {"decision": "give", "words": "zebra\nhas a key"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "These words are not in the text: “zebra”" in text
    assert "Write why it applies here" in text
    assert client.post(path, {"decision": "withhold"}).status_code == 422
    forged = {"decision": "give", "kept": ["999999"]}
    assert client.post(path, forged).status_code == 422
    assert client.get(f"/subject-access/{request.reference}/items/999999/").status_code == 404


def test_empty_lists_say_what_to_do(office: Office) -> None:
    client = client_of(office.officer)
    assert "No requests yet" in client.get("/subject-access/").content.decode()
    request = office.searched(name="Zebedee Unknownson", born=None, address="")
    base = f"/subject-access/{request.reference}/"
    assert "Nobody was found" in client.get(f"{base}found/").content.decode()
    office.collect(request)
    assert "Nothing was collected" in client.get(f"{base}items/").content.decode()


def test_every_page_takes_few_statements_and_as_many_for_one_row_as_for_thirty(
    office: Office,
) -> None:
    request = office.collected()
    client = client_of(office.officer)
    base = f"/subject-access/{request.reference}/"
    paths = ["/subject-access/", base, f"{base}found/", f"{base}items/"]
    item = request.items.first()
    assert item is not None
    paths.append(f"{base}items/{item.pk}/")

    def counts() -> list[int]:
        found = []
        for path in paths:
            with CaptureQueriesContext(
                connection,
            ) as caught:
                assert client.get(path).status_code == 200
            found.append(
                sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN")) for q in caught)
            )
        return found

    few = counts()
    for number in range(12):
        office.open(name=f"Somebody {number}")
        Note.objects.create(
            concern=office.concern, author=office.council.child_lead, text="N", created_at=NOON
        )
    for _ in range(4):
        namesake(office.council)
    ask_for(request.pk, office.officer, "search", LATER)
    gather_waiting(LATER)
    office.decide(request)
    office.collect(request, LATER + timedelta(minutes=1))
    assert counts() == few
    assert max(few) <= MOST_STATEMENTS, few


def test_taking_over_and_checking_take_few_statements_for_many_concerns(office: Office) -> None:
    for _ in range(2):
        namesake(office.council)
    request = office.collected()
    request.items.update(decision="give")
    with CaptureQueriesContext(connection) as caught:
        service.ask_check(request.pk, office.officer, NOON)
    asked = len(caught)
    with CaptureQueriesContext(connection) as caught:
        service.take_check(request.pk, office.second, NOON)
    assert max(asked, len(caught)) <= 24
