"""Auditors read who did what; nobody else knows that the pages are there."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from concerns.assurance.words import MORE_TITLES, title_of
from concerns.models import CuriosityFinding, Exclusion, ReaderDay
from concerns.triage.chronology import TITLES
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.checks import CHECK_PAGE
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.audit.trail import ROWS
from tests.assurance.conftest import happen
from tests.factories import give_role, make_concern, make_lead, make_report, make_team, make_user

pytestmark = pytest.mark.django_db
PAGES = ("", "people/", "records/", "readers/", "check/", "findings/")


def lately(minutes: int = 5) -> datetime:
    return timezone.now() - timedelta(minutes=minutes)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.AUDITOR])
def test_the_pages_are_there_for_auditors_and_the_corporate_lead_alone(role: str) -> None:
    person = make_user()
    give_role(person, role, make_team() if role in Role.of_a_team() else None)
    concern = make_concern()
    client = Client()
    client.force_login(person)
    may = role == Role.CORPORATE_LEAD
    addresses = [*PAGES[:-1], f"people/{person.pk}/", f"records/{concern.reference}/"]
    for address in addresses:
        assert (client.get(f"/audit/{address}").status_code == 200) is may, address
    asked = client.get(f"/audit/export/?record={concern.reference}")
    assert (asked.status_code == 200) is may
    assert client.post("/audit/check/").status_code == (302 if may else 404)


def test_a_person_who_has_left_is_found_and_no_name_stands_in_an_address(desk: Client) -> None:
    gone = make_user(full_name="Terry Goneaway", is_active=False)
    page = desk.post("/audit/people/", {"name": "goneaw"})
    assert f"/audit/people/{gone.pk}/" in page.content.decode()
    assert "has left" in page.content.decode()
    assert "Nobody has this name" in desk.post("/audit/people/", {"name": "zz"}).content.decode()
    for typed in ("", "\x00", "x" * 200_000, "%"):
        assert desk.post("/audit/people/", {"name": typed}).status_code in {200, 422}


def test_the_page_of_a_person_says_what_they_did_and_is_an_event_itself(
    desk: Client, auditor: User
) -> None:
    team = make_team()
    reader = make_lead(team, full_name="Kim Reader")
    concern = make_concern(team)
    happen("concern.viewed", reader, lately(), concern, "192.0.2.7")
    happen("queue.viewed", reader, lately(), shown=["A-1", "A-2"])
    happen("thing.never_heard_of", reader, lately())
    happen("concern.viewed", make_lead(team), lately(), concern)
    page = desk.get(f"/audit/people/{reader.pk}/").content.decode()
    for words in ("192.0.2.7", concern.reference, "2 shown", "Thing: never heard of", "Not yet"):
        assert words in page
    assert "Robin Example" not in page
    seal_new_events(timezone.now())
    assert "Seal " in desk.get(f"/audit/people/{reader.pk}/").content.decode()
    look = Event.objects.filter(name="trail.person_viewed").last()
    assert look is not None
    assert (look.actor, look.detail) == (auditor, {"shown": [f"person:{reader.pk}"]})
    assert (
        "Looked at what a person did" in desk.get(f"/audit/people/{auditor.pk}/").content.decode()
    )


def test_the_page_of_a_record_says_who_read_it_and_leaves_no_trace_on_it(desk: Client) -> None:
    team = make_team()
    reader = make_lead(team, full_name="Kim Reader")
    concern, sibling = make_concern(team), make_concern(team)
    happen("concern.viewed", reader, lately(), concern)
    happen("concern.printed", reader, lately(), concern)
    happen("concern.viewed", reader, lately(), sibling)
    answer = desk.post("/audit/records/", {"reference": concern.reference.lower()})
    # References of tests are none of ours: the exact one is asked for below.
    assert answer.status_code in {302, 422}
    page = desk.get(f"/audit/records/{concern.reference}/").content.decode()
    assert page.count("Kim Reader") == 2
    assert "Printed" in page
    assert sibling.reference not in page
    assert not Event.objects.filter(name__startswith="trail.", concern_id=concern.pk).exists()
    assert desk.get("/audit/records/NONE-NONE/").status_code == 404
    wrong = desk.post("/audit/records/", {"reference": "NONE"})
    assert wrong.status_code == 422


def test_a_report_that_touches_the_auditor_is_not_there_for_them(
    desk: Client, auditor: User
) -> None:
    reader, concern = make_user(), make_concern()
    happen("concern.viewed", reader, lately(), concern)
    happen("concern.viewed", reader, lately(), make_concern())
    Exclusion.objects.create(
        report=concern.report,
        user=auditor,
        kind=Exclusion.Kind.EXCLUDED,
        reason=Exclusion.Reason.NAMED,
    )
    assert desk.get(f"/audit/records/{concern.reference}/").status_code == 404
    page = desk.get(f"/audit/people/{reader.pk}/").content.decode()
    assert concern.reference not in page
    assert page.count(">Read<") == 1
    assert desk.get(f"/audit/export/?record={concern.reference}").status_code == 404


def test_filters_stand_in_the_address_and_pages_follow_the_key(desk: Client) -> None:
    reader = make_user()
    for minute in range(ROWS + 10):
        happen("concern.viewed", reader, lately(minute + 5), None, "192.0.2.7")
    happen("note.added", reader, lately(1), address="192.0.2.8")
    happen("account.signed_in", reader, timezone.now() - timedelta(days=60), address="192.0.2.8")
    here = f"/audit/people/{reader.pk}/"
    first = desk.get(here)
    assert len(first.context["entries"]) == ROWS
    second = desk.get(here + first.context["next_url"])
    assert len(second.context["entries"]) == 11
    ids = [entry.event_id for page in (first, second) for entry in page.context["entries"]]
    assert len(set(ids)) == ROWS + 11
    assert second.context["next_url"] == ""
    narrowed = desk.get(f"{here}?address=192.0.2.8&kinds=write&kinds=account")
    assert [entry.name for entry in narrowed.context["entries"]] == ["note.added"]
    long_ago = timezone.localdate() - timedelta(days=70)
    older = desk.get(
        f"{here}?kinds=account&since_day={long_ago.day}&since_month={long_ago.month}"
        f"&since_year={long_ago.year}"
    )
    assert [entry.name for entry in older.context["entries"]] == ["account.signed_in"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("?address=nowhere", 422),
        ("?since_day=31&since_month=2&since_year=2026", 422),
        ("?since_day=1&since_month=1&since_year=2020", 422),
        (
            "?until_day=1&until_month=1&until_year=2020&since_day=1&since_month=2&since_year=2020",
            422,
        ),
        ("?kinds=none", 422),
        ("?kinds=read&after=abc", 200),
        ("?after=999999999999999999-1", 200),
        ("?after=%00", 200),
        ("?address=%00", 422),
    ],
)
def test_a_wrong_filter_is_said_and_breaks_nothing(desk: Client, asked: str, status: int) -> None:
    reader = make_user()
    assert desk.get(f"/audit/people/{reader.pk}/{asked}").status_code == status


def test_readers_are_ordered_by_how_much_they_read(desk: Client) -> None:
    today = timezone.localdate()
    little, much = make_user(full_name="Lou Little"), make_user(full_name="Mo Much")
    for person, reads in ((little, 2), (much, 5)):
        ReaderDay.objects.create(
            reader=person, day=today, reads=reads, concerns=[1, 2], hours=[0] * 24
        )
    now = timezone.now()
    CuriosityFinding.objects.create(
        reader=little, day=today, score=60, rules_version="test", found_at=now, due_at=now
    )
    page = desk.get("/audit/readers/")
    rows = [(str(row.reader), row.reads, row.findings) for row in page.context["rows"]]
    assert rows == [("Mo Much", 5, 0), ("Lou Little", 2, 1)]
    assert desk.get("/audit/readers/?place=x&since_year=a").status_code == 422
    assert "Nobody read a record" in desk.get("/audit/readers/?place=500").content.decode()


def test_pages_take_as_many_statements_for_30_rows_as_for_one(desk: Client) -> None:
    team = make_team()
    reader = make_lead(team)
    concern = make_concern(team)

    def statements(address: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(address).status_code == 200
        return len([q for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])

    addresses = [f"/audit/people/{reader.pk}/", f"/audit/records/{concern.reference}/"]
    addresses += ["/audit/readers/", "/audit/", "/audit/check/"]
    happen("concern.viewed", reader, lately(), concern)
    ReaderDay.objects.create(reader=reader, day=timezone.localdate(), hours=[0] * 24)
    one = [statements(address) for address in addresses]
    for _ in range(29):
        other = make_user()
        happen("concern.viewed", other, lately(), concern)
        happen("concern.viewed", reader, lately(), make_concern(team))
        ReaderDay.objects.create(reader=other, day=timezone.localdate(), hours=[0] * 24)
    seal_new_events(timezone.now())
    assert [statements(address) for address in addresses] == one
    assert max(one) <= 12, one


def test_every_event_has_words_also_one_that_no_table_knows() -> None:
    assert not set(TITLES) & set(MORE_TITLES)
    for name in (*TITLES, *MORE_TITLES, "room.something_else_happened"):
        title = title_of(Event(name=name, detail={}))
        assert title, name
        assert not set(title) & set("._{}"), name


def test_the_warning_of_a_broken_trail_leads_to_its_page() -> None:
    assert reverse("concerns:assurance:check") == CHECK_PAGE


def test_the_report_as_a_whole_can_be_asked_for(desk: Client) -> None:
    report = make_report(reference="BX7K-Q2M4")
    concern = make_concern(report=report)
    happen("concern.viewed", make_user(), lately(), concern)
    answer = desk.post("/audit/records/", {"reference": " bx7kq2m4 "})
    assert answer["Location"] == "/audit/records/BX7K-Q2M4/"
    page = desk.get(answer["Location"])
    assert len(page.context["entries"]) == 1


@pytest.mark.parametrize("name", [*TITLES, *MORE_TITLES])
def test_every_event_that_has_a_title_can_be_told(name: str) -> None:
    assert "{" not in title_of(Event(name=name, detail={}))
    assert "{" not in title_of(Event(name=name, detail={"agency": "cass", "marks": 2}))
