"""Read and understood: who is asked, what, by when, and that it never stands in the way."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from policies.confirmations import audience, duties_of, is_asked, outstanding, readings
from policies.models import Confirmation, Document
from policies.services.confirm import confirm
from policies.services.errors import PolicyError
from policies.services.remind import remind_readers, remind_reviews, stage
from policies.services.settings import Settings, change_settings
from policies.standing import Asks, Confirmed, Started, standing
from policies.tasks import remind
from policies.text.sections import SectionText
from policies.views.desk import review_mark
from safeguarding_portal.accounts.models import Directorate, PersonKind, Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import give_role, make_user
from tests.policies.conftest import client_of, publish_text

DAY = timedelta(days=1)
START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = 30 * DAY
FIRST = Started(1, START, False)
PAGE = "/policies/corporate-safeguarding-policy/confirm/"


def at(days: int) -> datetime:
    return START + days * DAY


@pytest.mark.parametrize(
    ("started", "confirmed", "now", "asks", "due"),
    [
        ([FIRST], [], at(1), Asks.WHOLE, at(30)),
        ([FIRST], [Confirmed(1, at(2), True)], at(3), Asks.NOTHING, None),
        ([FIRST], [Confirmed(1, at(2), True)], at(366), Asks.NOTHING, None),
        ([FIRST], [Confirmed(1, at(2), True)], at(367), Asks.WHOLE, at(397)),
        (
            [FIRST, Started(2, at(50), False)],
            [Confirmed(1, at(2), True)],
            at(60),
            Asks.NOTHING,
            None,
        ),
        (
            [FIRST, Started(2, at(50), True), Started(3, at(70), False)],
            [Confirmed(1, at(2), True)],
            at(90),
            Asks.CHANGES,
            at(80),
        ),
        (
            [FIRST, Started(2, at(50), True)],
            [Confirmed(1, at(2), True), Confirmed(2, at(51), False)],
            at(60),
            Asks.NOTHING,
            None,
        ),
        # Reading the changes alone does not put the yearly reading off.
        (
            [FIRST, Started(2, at(50), True)],
            [Confirmed(1, at(2), True), Confirmed(2, at(51), False)],
            at(367),
            Asks.WHOLE,
            at(397),
        ),
    ],
)
def test_what_a_person_is_asked_and_by_when(
    started: list[Started],
    confirmed: list[Confirmed],
    now: datetime,
    asks: Asks,
    due: datetime | None,
) -> None:
    found = standing(started, confirmed, START, MONTH, now)
    assert (found.asks, found.due_at) == (asks, due)


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, 800), st.booleans()), max_size=4),
    st.integers(0, 900),
)
def test_whoever_is_asked_something_has_a_deadline_and_nobody_else(
    confirmed: list[tuple[int, int, bool]], day: int
) -> None:
    facts = [Confirmed(number, at(when), whole) for number, when, whole in confirmed]
    started = [Started(n, at(n * 100), n % 2 == 0) for n in range(1, 5)]
    found = standing(started, facts, START, MONTH, at(day))
    assert bool(found.asks) is (found.due_at is not None)


@pytest.mark.parametrize(
    ("days", "words"), [(90, ""), (30, "30"), (8, "30"), (7, "7"), (0, "7"), (-1, "late-0")]
)
def test_each_stage_of_a_deadline_has_a_name(days: int, words: str) -> None:
    assert stage((START + days * DAY).date(), START.date(), (30, 7)) == words


pytestmark = pytest.mark.django_db
CHANGED = [SectionText("section-6-1", "6.1", "Report it", "Report it at once.")]


@pytest.fixture
def policy(loaded: None) -> Document:
    """Return the corporate policy, which people must confirm."""
    return Document.objects.get(slug="corporate-safeguarding-policy")


@pytest.fixture
def reader(db: None) -> User:
    """Return somebody who is asked."""
    return make_user(full_name="Rowan Reader")


def test_a_first_sign_in_shows_a_notice_with_a_link_and_lets_the_person_report(
    policy: Document, reader: User
) -> None:
    client = client_of(reader)
    home = client.get("/").content.decode()
    assert "Read Corporate Safeguarding Policy" in home
    assert PAGE in home
    started = client.post(reverse("concerns:journey:start"))
    assert started.status_code == 302
    page = client.get(started["Location"]).content.decode()
    assert "Is anyone in danger right now?" in page
    assert "To read" not in page
    assert "To read" not in client.get("/get-help-now/").content.decode()


def test_who_confirmed_is_asked_no_more_until_a_meaning_changes(
    policy: Document, reader: User, editor: User, approver: User, now: datetime
) -> None:
    client = client_of(reader)
    assert client.post(PAGE, {"version": "1"}).status_code == 422
    assert not Confirmation.objects.exists()
    client.post(PAGE, {"version": "1", "understood": "on"})
    client.post(PAGE, {"version": "1", "understood": "on"})
    assert Confirmation.objects.get().whole
    assert duties_of(reader, timezone.now()) == []
    publish_text(policy, CHANGED, editor, approver, timezone.now(), meaning=False)
    assert duties_of(reader, timezone.now()) == []
    more = [*CHANGED, SectionText("section-9", "9", "New", "Something new.")]
    publish_text(policy, more, editor, approver, timezone.now())
    duty = duties_of(reader, timezone.now())[0]
    assert duty.standing.asks == Asks.CHANGES
    page = client.get(PAGE).content.decode()
    assert "Something new." in page
    assert "at once" in page
    client.post(PAGE, {"version": "3", "understood": "on"})
    assert not Confirmation.objects.order_by("-pk")[0].whole
    assert duties_of(reader, timezone.now()) == []
    assert Event.objects.filter(name="policy.confirmed").count() == 2


def test_a_text_that_changed_while_it_was_read_is_not_confirmed(
    policy: Document, reader: User, editor: User, approver: User
) -> None:
    old = policy.versions.get()
    publish_text(policy, CHANGED, editor, approver, timezone.now())
    answer = client_of(reader).post(PAGE, {"version": "1", "understood": "on"}, follow=True)
    assert "The text has changed since you opened it" in answer.content.decode()
    with pytest.raises(PolicyError, match="Another version"):
        confirm(reader, old, Asks.WHOLE, timezone.now())
    assert not Confirmation.objects.exists()


def ask(document: Document, editor: User, now: datetime, **settings: tuple[str, ...]) -> None:
    new = Settings(document.title, document.about, None, "", True, 14, **settings)
    change_settings(document.pk, new, editor, now)
    document.refresh_from_db()


def test_a_document_asks_those_of_its_kinds_directorates_and_roles_and_nobody_else(
    policy: Document, editor: User, now: datetime
) -> None:
    housing = Directorate.objects.create(slug="housing", name="Housing")
    member = make_user(kind=PersonKind.MEMBER, directorate=housing)
    staff = make_user(directorate=housing)
    elsewhere = make_user(kind=PersonKind.MEMBER)
    auditor = make_user(kind=PersonKind.MEMBER, directorate=housing)
    give_role(auditor, Role.AUDITOR)
    everybody = User.objects.all()
    for chosen, asked in (
        ({}, {member, staff, elsewhere, auditor, editor}),
        ({"kinds": ("member",)}, {member, elsewhere, auditor}),
        ({"kinds": ("member",), "directorates": ("housing",)}, {member, auditor}),
        ({"roles": ("auditor", "policy_editor")}, {auditor, editor}),
    ):
        ask(policy, editor, now, **chosen)
        found = set(audience(policy, everybody, timezone.now()))
        assert found == asked
        assert found == {u for u in everybody if is_asked(policy, u, timezone.now())}


def test_nobody_is_late_for_a_document_before_they_were_asked(
    loaded: None, editor: User, now: datetime
) -> None:
    document = Document.objects.get(slug="kinds-of-harm")
    person = make_user()
    User.objects.filter(pk=person.pk).update(date_joined=now - 400 * DAY)
    person.refresh_from_db()
    ask(document, editor, now)
    duty = next(d for d in duties_of(person, timezone.now()) if d.document == document)
    assert duty.standing.due_at == now + 14 * DAY
    assert not duty.is_overdue


def test_lists_and_pages_agree_on_who_is_asked(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    publish_text(policy, CHANGED, editor, approver, now)
    first, second = policy.versions.get(number=1), policy.versions.get(number=2)
    cases = [
        [],
        [(first, 10, True)],
        [(first, 10, True), (second, 0, False)],
        [(second, 0, True)],
        [(second, 0, False)],
        [(first, 400, True), (second, 0, False)],
        [(second, 366, True)],
    ]
    reading = readings(timezone.now())[0]
    people = [make_user() for _ in cases]
    for person, confirmed in zip(people, cases, strict=True):
        for version, days, whole in confirmed:
            Confirmation.objects.create(
                user=person, version=version, whole=whole, confirmed_at=now - days * DAY
            )
    waiting = set(outstanding(reading, User.objects.all(), timezone.now()))
    for person in people:
        assert (person in waiting) is bool(duties_of(person, timezone.now()))


def test_the_list_takes_the_same_statements_for_1_and_30_people_and_is_recorded(
    policy: Document, editor: User
) -> None:
    client = client_of(editor)
    counts = []
    for more in (0, 29):
        for _ in range(more):
            make_user(manager=editor)
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/policies/confirmations/")
        assert page.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Event.objects.filter(name="policy.confirmations_viewed").count() == 2


def test_the_export_is_a_spreadsheet_that_runs_no_formula_and_is_recorded(
    policy: Document, editor: User
) -> None:
    make_user(full_name="=HYPERLINK(1)")
    answer = client_of(editor).get(f"/policies/confirmations/export/?document={policy.slug}")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("Name,Email,Kind")
    assert any(line.startswith("'=HYPERLINK") for line in lines)
    assert Event.objects.filter(name="policy.confirmations_exported").exists()


def test_reminders_go_once_for_each_stage_and_stop_when_it_is_confirmed(
    policy: Document, reader: User
) -> None:
    now = timezone.now()
    for moment in (now, now, now + 25 * DAY, now + 25 * DAY, now + 31 * DAY, now + 32 * DAY):
        remind_readers(moment)
    mail = Message.objects.filter(recipient=reader.email).order_by("pk")
    assert [message.template for message in mail] == [
        "policy_confirm",
        "policy_confirm",
        "policy_confirm_late",
    ]
    assert all(message.context["link"] == PAGE for message in mail)
    confirm(reader, policy.versions.get(), Asks.WHOLE, now)
    remind_readers(now + 70 * DAY)
    assert mail.count() == 3


def test_the_clock_reminds_each_morning_and_may_run_twice(policy: Document, reader: User) -> None:
    task = settings.CELERY_BEAT_SCHEDULE["remind of policies to review and to read"]["task"]
    assert task == remind.name
    for _ in range(2):
        remind()
    assert Message.objects.filter(recipient=reader.email).count() == 1


def test_owners_hear_of_a_review_before_it_and_the_corporate_lead_once_it_is_late(
    policy: Document, editor: User, approver: User
) -> None:
    review_by = policy.versions.get().review_by
    assert review_by is not None
    day = datetime.combine(review_by, time(8), tzinfo=UTC)
    remind_reviews(day - 200 * DAY)
    assert not Message.objects.filter(kind="policy_review").exists()
    remind_reviews(day - 59 * DAY)
    remind_reviews(day - 59 * DAY)
    assert {m.recipient for m in Message.objects.all()} == {editor.email}
    assert Message.objects.count() == Document.objects.count()
    remind_reviews(day + 2 * DAY)
    late = Message.objects.filter(template="policy_review_late")
    assert {message.recipient for message in late} == {editor.email, approver.email}
    page = client_of(editor).get("/policies/desk/").content.decode()
    assert "Review overdue" not in page


def test_an_overdue_review_is_red_on_the_desk(
    policy: Document, editor: User, approver: User
) -> None:
    long_ago = timezone.now() - 400 * DAY
    version = publish_text(policy, CHANGED, editor, approver, timezone.now())
    assert version.review_by is not None
    version.review_by = timezone.localdate(long_ago)
    mark = review_mark(version, timezone.now())
    assert mark is not None
    assert (mark.text, mark.tone) == ("Review overdue", "danger")
