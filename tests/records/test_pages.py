"""The pages of those who keep records: for whom, what they show, and what they say to bad input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.models import (
    Concern,
    DisposalBatch,
    Exclusion,
    LegalHold,
    Note,
    Retention,
    RetentionSchedule,
)
from concerns.services.disposal import dispose_due, propose_batch
from concerns.services.holds import hold_record
from concerns.services.retention import propose_row, work_out
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from tests.records.conftest import LONG_AGO, Keepers, closed_concern, dispose

GARBAGE = [
    "",
    "\x00",
    "a\x00b",
    "-1",
    "99999999999999999999",
    "\U0001f469\u200d\U0001f467",
    "x" * 200_000,
]
LISTS = ("", "batches/", "register/", "holds/", "holds/find/", "holds/inquiry/", "schedule/")


def client_of(user: User) -> Client:
    """Return a browser of a person who is signed in."""
    client = Client()
    client.force_login(user)
    return client


def paths(keepers: Keepers) -> list[str]:
    """Return the address of every page, with a record behind each."""
    now = timezone.now()
    gone, concern = closed_concern(keepers.team), closed_concern(keepers.team)
    dispose(keepers, gone)
    hold = hold_record(closed_concern(keepers.team).reference, "report", keepers.officer, "x", now)
    batch = propose_batch(keepers.officer, [concern.reference], now)
    change = propose_row(keepers.officer, "adult.other", [8], "Line 12", "x", now)
    done = DisposalBatch.objects.get(state="done")
    return [
        *LISTS,
        f"record/{concern.reference}/",
        f"record/{concern.reference}/hold/",
        f"batches/{batch.pk}/",
        f"batches/{batch.pk}/answer/",
        f"batches/{batch.pk}/stop/",
        f"batches/{done.pk}/",
        f"batches/{done.pk}/certificate.pdf",
        f"holds/{hold.pk}/lift/",
        f"schedule/proposals/{change.pk}/",
        "schedule/rows/adult.other/",
    ]


def test_every_page_is_for_those_who_keep_records_and_there_for_nobody_else(
    keepers: Keepers,
) -> None:
    found = paths(keepers)
    for person, status in (
        (keepers.officer, 200),
        (keepers.corporate, 200),
        (keepers.lead, 404),
        (keepers.auditor, 404),
    ):
        client = client_of(person)
        for path in found:
            assert client.get(f"/records/{path}").status_code == status, (path, person.job_title)
    assert client_of(keepers.lead).post("/records/batches/propose/").status_code == 404


@pytest.mark.parametrize("page", ["0001" + "9" * 30, "1" * 5_000, "0", "-1", "x"])
def test_an_odd_page_is_the_first_one(keepers: Keepers, page: str) -> None:
    answer = client_of(keepers.officer).get("/records/", {"page": page})
    assert answer.status_code == 200


def test_every_list_says_what_to_do_when_it_is_empty(keepers: Keepers) -> None:
    client = client_of(keepers.officer)
    for path, words in (
        ("", "Nothing is due here"),
        ("batches/", "Nothing was ever proposed"),
        ("register/", "Nothing was disposed of yet"),
        ("holds/", "None is in force"),
        ("schedule/", "The shipped rows count"),
    ):
        assert words in client.get(f"/records/{path}").content.decode()


def test_the_list_and_the_review_tell_kinds_dates_and_blockers_and_no_story(
    keepers: Keepers,
) -> None:
    concern = closed_concern(keepers.team)
    Note.objects.create(
        concern=concern, author=keepers.lead, text="Secretword", created_at=LONG_AGO
    )
    work_out(timezone.now())
    client = client_of(keepers.officer)
    for path in ("", f"record/{concern.reference}/"):
        page = client.get(f"/records/{path}").content.decode()
        assert concern.reference in page
        assert "35 years after it was closed" in page
        assert "Robin" not in page
        assert "Secretword" not in page
    assert (
        "is not shown here" in client.get(f"/records/record/{concern.reference}/").content.decode()
    )
    names = list(Event.objects.filter(actor=keepers.officer).values_list("name", flat=True))
    assert names == ["records.viewed", "record.reviewed", "record.reviewed"]
    # A corporate lead may read concerns anyway: for them the door is there.
    read = client_of(keepers.corporate).get(f"/records/record/{concern.reference}/")
    assert f"/concerns/{concern.reference}/" in read.content.decode()
    hold = f"/records/record/{concern.reference}/hold/"
    assert "Robin" not in client.get(hold).content.decode()
    assert "Robin Example" in client_of(keepers.corporate).get(hold).content.decode()


def test_a_report_from_which_one_is_kept_out_is_not_there(keepers: Keepers) -> None:
    concern = closed_concern(keepers.team)
    Exclusion.objects.create(
        report=concern.report, user=keepers.officer, kind="excluded", reason="kin"
    )
    work_out(timezone.now())
    client = client_of(keepers.officer)
    assert concern.reference not in client.get("/records/").content.decode()
    for path in (f"record/{concern.reference}/", f"record/{concern.reference}/hold/"):
        assert client.get(f"/records/{path}").status_code == 404
    answer = client.post("/records/holds/find/", {"reference": concern.reference})
    assert answer.status_code == 422
    hold_record(concern.reference, "concern", keepers.second, "Kept secret", timezone.now())
    assert "Kept secret" not in client.get("/records/holds/").content.decode()


def test_picked_records_are_proposed_approved_by_another_and_certified(keepers: Keepers) -> None:
    now = timezone.now()
    concerns = [closed_concern(keepers.team) for _ in range(2)]
    work_out(now)
    mine, theirs = client_of(keepers.officer), client_of(keepers.second)
    mine.post("/records/batches/propose/", {"pick": [item.reference for item in concerns]})
    batch = DisposalBatch.objects.get()
    page = f"/records/batches/{batch.pk}/"
    assert "Approve or refuse" not in mine.get(page).content.decode()
    assert mine.post(f"{page}answer/", {"answer": "approve"}).status_code == 422
    answer = theirs.post(f"{page}answer/", {"answer": "refuse"})
    assert answer.status_code == 422
    assert "Write why you do not approve" in answer.content.decode()
    assert theirs.post(f"{page}answer/", {"answer": "approve"}).status_code == 302
    assert "Until then nothing is gone" in theirs.get(page).content.decode()
    assert theirs.get(f"{page}certificate.pdf").status_code == 404
    DisposalBatch.objects.update(dispose_after=now - timedelta(minutes=1))
    assert dispose_due(now) == 2
    assert "2 of 2 gone" in mine.get(page).content.decode()
    certificate = mine.get(f"{page}certificate.pdf")
    assert certificate.content.startswith(b"%PDF")
    assert b"pdfuaid" in certificate.content
    assert certificate.content == mine.get(f"{page}certificate.pdf").content
    assert "chain of these entries is whole" in mine.get("/records/register/").content.decode()


def test_approving_asks_for_a_fresh_sign_in(keepers: Keepers, settings: Any) -> None:
    concern = closed_concern(keepers.team)
    work_out(timezone.now())
    batch = propose_batch(keepers.officer, [concern.reference], timezone.now())
    keepers.second.set_password("Only for tests 47")
    keepers.second.save()
    client = client_of(keepers.second)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    answer = client.post(f"/records/batches/{batch.pk}/answer/", {"answer": "approve"})
    assert answer.status_code == 302
    assert "/accounts/reauthenticate/" in answer["Location"]
    batch.refresh_from_db()
    assert batch.state == "proposed"


def test_keeping_longer_holding_lifting_and_changing_the_schedule(keepers: Keepers) -> None:
    concern = closed_concern(keepers.team)
    work_out(timezone.now())
    client = client_of(keepers.officer)
    review = f"/records/record/{concern.reference}/"
    typed = {"until_day": "1", "until_month": "2", "until_year": "2040", "reason": "A claim"}
    assert client.post(review, typed | {"reason": ""}).status_code == 422
    early = client.post(review, typed | {"until_year": "2001"})
    assert early.status_code == 422
    assert "later than today, and than the one" in early.content.decode()
    assert client.post(review, typed).status_code == 302
    assert Retention.objects.get().keep_reason == "A claim"

    found = client.post("/records/holds/find/", {"reference": f" {concern.reference.lower()} "})
    assert found["Location"] == f"{review}hold/"
    person = concern.involvements.get()
    typed = {"on": f"person:{person.pk}", "reason": "A claim"}
    assert client.post(f"{review}hold/", typed | {"on": "person:0"}).status_code == 422
    assert client.post(f"{review}hold/", typed).status_code == 302
    hold = LegalHold.objects.get()
    assert "A legal hold is on it" in client.get(review).content.decode()
    assert client.post(f"/records/holds/{hold.pk}/lift/", {}).status_code == 422
    assert client.post(f"/records/holds/{hold.pk}/lift/", {"reason": "Ended"}).status_code == 302
    period = {
        "received_from_day": "2",
        "received_from_month": "5",
        "received_from_year": "2000",
        "received_to_day": "1",
        "received_to_month": "5",
        "received_to_year": "2000",
    }
    wrong = client.post("/records/holds/inquiry/", period | {"group": "all", "reason": "x"})
    assert "must not be before the first" in wrong.content.decode()
    assert (
        client.post("/records/holds/inquiry/", {"group": "all", "reason": "x"}).status_code == 302
    )

    row = "/records/schedule/rows/adult.other/"
    typed = {"years_0": "8", "source": "Line 12", "why": "The council's own"}
    assert client.post(row, typed | {"years_0": "200"}).status_code == 422
    assert client.post(row, typed).status_code == 302
    page = f"/records/schedule/proposals/{RetentionSchedule.objects.get().pk}/"
    assert client.post(page, {"answer": "publish", "seen": "on"}).status_code == 422
    other = client_of(keepers.second)
    assert "6 years after it was closed" in other.get(page).content.decode()
    assert other.post(page, {"answer": "publish"}).status_code == 422
    assert other.post(page, {"answer": "publish", "seen": "on"}).status_code == 302
    assert other.post(page, {"answer": "publish", "seen": "on"}).status_code == 422


@pytest.mark.parametrize("text", GARBAGE, ids=range(len(GARBAGE)))
def test_garbage_is_refused_in_words_and_never_breaks(keepers: Keepers, text: str) -> None:
    client = client_of(keepers.officer)
    found = [path for path in paths(keepers) if not path.endswith(".pdf")]
    fields = ("until_day", "until_year", "reason", "on", "reference", "group", "categories")
    more = ("answer", "seen", "years_0", "source", "why", "pick", "received_from_day")
    for path in (*found, "batches/propose/"):
        answer = client.post(f"/records/{path}", dict.fromkeys((*fields, *more), text))
        assert answer.status_code in {302, 404, 405, 422}, path
    for name in ("page", "group", "row"):
        assert client.get("/records/", {name: text}).status_code == 200
    assert client.get("/records/record/%00/").status_code == 404


def statements(client: Client, path: str) -> int:
    """Return how many statements a page needs."""
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_a_page_of_thirty_needs_as_many_statements_as_a_page_of_one(keepers: Keepers) -> None:
    now, client = timezone.now(), client_of(keepers.officer)

    def fill(count: int) -> list[Any]:
        concerns = [closed_concern(keepers.team) for _ in range(3 * count)]
        work_out(now)
        for concern in concerns[:count]:
            hold_record(concern.reference, "concern", keepers.officer, "x", now)
        batch = propose_batch(
            keepers.officer, [item.reference for item in concerns[count : 2 * count]], now
        )
        dispose(keepers, *concerns[2 * count :])
        return ["", "batches/", f"batches/{batch.pk}/", "register/", "holds/"]

    few = [statements(client, f"/records/{path}") for path in fill(1)]
    many = [statements(client, f"/records/{path}") for path in fill(30)]
    assert few == many
    assert max(many) <= 12


def test_a_concerns_page_says_until_when_it_is_kept_and_what_holds_it(keepers: Keepers) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team)
    client = client_of(keepers.lead)
    page = f"/concerns/{concern.reference}/kept/"
    assert "Not worked out yet" in client.get(page).content.decode()
    work_out(now)
    hold_record(concern.reference, "concern", keepers.officer, "For the inquiry", now)
    text = client.get(page).content.decode()
    assert "Kept until Friday 3 June 2005" in text
    assert "35 years after it was closed" in text
    assert "For the inquiry" in text
    assert statements(client, page) <= 12
    Concern.objects.filter(pk=concern.pk).update(state="in_triage", closed_at=None)
    assert "It is open: it is kept" in client.get(page).content.decode()
