"""The reporter after filing: what they see, say and add, and what rings when they hear nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.models import Bell, Call, Concern, Correspondence
from concerns.rules.promises import FIRST_WORD, LAST_WORD
from concerns.services.additions import NewAddition, add_to_report, answer_danger
from concerns.services.bells import begin_promised, promised_by
from concerns.services.conversation import write_to_leads, write_to_reporter
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.escalate import escalate_due, warn_before_bells
from concerns.services.feedback import chase
from safeguarding_portal.accounts.models import Role
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.concerns.conftest import Council
from tests.factories import (
    NOON,
    give_role,
    make_concern,
    make_lead,
    make_referral,
    make_report,
    make_team,
    make_user,
)
from tests.reporter.conftest import Filed, client_of, file_one, text_of, told

LATER = NOON + timedelta(minutes=20)
# Tuesday noon: the promise falls due when the front door closes on Wednesday.
WEDNESDAY_CLOSE = datetime(2026, 11, 25, 17, 15, tzinfo=UTC)
PAGES = ("", "message/", "add/", "call/", "danger/", "disagree/")


def a_word(filed: Filed, kind: str = "message", at: datetime = LATER) -> Correspondence:
    """Let the lead write to the reporter."""
    return write_to_reporter(filed.concern.pk, filed.lead, kind, "The Trust has it", at)


# --- Whose page it is ----------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*PAGES, "nobody-told-me/", "disagree/1/further/"])
def test_another_persons_report_does_not_exist_on_any_page(filed: Filed, page: str) -> None:
    for user in (make_user(), filed.lead, filed.council.corporate):
        for method in ("get", "post"):
            answer = getattr(client_of(user), method)(filed.path(page))
            assert answer.status_code in {404, 405}
            assert filed.report.reference not in text_of(answer).replace(filed.path(page), "")


@pytest.mark.parametrize("page", PAGES)
def test_a_reporter_who_has_left_or_is_excluded_later_has_no_page(filed: Filed, page: str) -> None:
    client = client_of(filed.reporter)
    assert client.get(filed.path(page)).status_code == 200
    found = filed.report.exclusions.create(user=filed.reporter, kind="held", reason="similar_name")
    assert client.get(filed.path(page)).status_code == 200
    filed.report.exclusions.filter(pk=found.pk).update(kind="excluded")
    assert client.get(filed.path(page)).status_code == 404
    filed.report.exclusions.filter(pk=found.pk).update(lifted_at=NOON)
    filed.reporter.is_active = False
    filed.reporter.save()
    assert client.get(filed.path(page)).status_code in {302, 404}


def test_a_manager_of_somebody_who_is_named_still_reads_their_own_words(filed: Filed) -> None:
    kept_out = filed.report.exclusions.create(
        user=filed.reporter, kind="excluded", reason="manager"
    )
    filed.report.exclusions.filter(pk=kept_out.pk).update(created_at=NOON + timedelta(seconds=1))
    assert client_of(filed.reporter).get(filed.path()).status_code == 200
    filed.report.exclusions.filter(pk=kept_out.pk).update(created_at=NOON + timedelta(days=2))
    assert client_of(filed.reporter).get(filed.path()).status_code == 404


def test_nobody_writes_to_a_reporter_who_may_no_longer_read_it(filed: Filed) -> None:
    filed.reporter.is_active = False
    filed.reporter.save()
    a_word(filed)
    assert told("word_for_reporter") == []


# --- What it says --------------------------------------------------------------------------------


def test_the_page_says_in_plain_words_where_it_is_who_has_it_and_what_is_due(filed: Filed) -> None:
    with time_machine.travel(LATER, tick=False):
        page = text_of(client_of(filed.reporter).get(filed.path()))
        home = text_of(client_of(filed.reporter).get("/"))
    assert "We will tell you what happens with your report, by 5:15pm tomorrow" in home
    assert "A safeguarding lead is looking at it" in page
    assert "Casey Childlead, 0121 496 0123" in page
    assert "We will tell you what happens with your report, by 5:15pm tomorrow" in page
    with time_machine.travel(WEDNESDAY_CLOSE + timedelta(minutes=1), tick=False):
        page = text_of(client_of(filed.reporter).get(filed.path()))
    assert "We should have told you what happens with your report by 5:15pm today" in page
    a_word(filed, "feedback")
    page = text_of(client_of(filed.reporter).get(filed.path()))
    assert "You have been told" in page
    assert "The Trust has it" in page
    assert Event.objects.filter(name="report.read", actor=filed.reporter).count() == 3


def test_what_is_new_is_marked_until_its_reader_has_looked(filed: Filed) -> None:
    reporter, lead = client_of(filed.reporter), client_of(filed.lead)
    section = f"/concerns/{filed.concern.reference}/conversation/"
    with time_machine.travel(NOON, tick=False) as clock:
        a_word(filed, at=NOON)
        clock.shift(60)
        assert "New word for you" in text_of(reporter.get("/"))
        assert "There is new word for you" in text_of(reporter.get(filed.path()))
        clock.shift(60)
        assert "new word" not in text_of(reporter.get(filed.path())).lower()
        assert "New word for you" not in text_of(reporter.get("/"))
        write_to_leads(filed.report.pk, filed.reporter, "Thank you", timezone.now())
        clock.shift(60)
        # A look at another section is no look at the messages.
        lead.get(f"/concerns/{filed.concern.reference}/notes/")
        assert "</span> New</strong>" in text_of(lead.get(section))
        clock.shift(60)
        assert "</span> New</strong>" not in text_of(lead.get(section))


def test_an_email_says_only_that_there_is_something_to_read(filed: Filed) -> None:
    write_to_leads(filed.report.pk, filed.reporter, "Robin was not at school", LATER)
    a_word(filed)
    assert told("message_waiting") == [filed.lead.email]
    assert told("word_for_reporter") == [filed.reporter.email]
    for message in Message.objects.all():
        assert set(message.context) <= {"reference", "urgency", "link"}


def test_the_reporters_message_reaches_the_leads_while_nobody_owns_it(council: Council) -> None:
    filed = file_one(council, owner=None, taken_at=None, state="new")
    second = make_lead(council.children)
    write_to_leads(filed.report.pk, filed.reporter, "Hello", LATER)
    assert set(told("message_waiting")) == {council.child_lead.email, second.email}


@pytest.mark.parametrize("change", ["UPDATE concerns_correspondence SET text = ''", "DELETE"])
def test_what_was_said_never_changes(filed: Filed, change: str) -> None:
    a_word(filed)
    statement = "DELETE FROM concerns_correspondence" if change == "DELETE" else change
    refusal = pytest.raises(DatabaseError, match="kept as it is")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_out_of_scope_writes_to_a_reporter(filed: Filed) -> None:
    with pytest.raises(Http404):
        write_to_reporter(filed.concern.pk, filed.council.adult_lead, "message", "Hi", LATER)


# --- The promise of feedback ---------------------------------------------------------------------


def test_the_first_word_is_promised_within_one_working_day() -> None:
    assert promised_by(FIRST_WORD, NOON) == WEDNESDAY_CLOSE
    assert FIRST_WORD.working_days == LAST_WORD.working_days == 1
    assert "for the council to confirm" in FIRST_WORD.source


def test_a_lead_who_told_the_reporter_nothing_is_warned_then_rung_up_the_ladder(
    filed: Filed,
) -> None:
    begin_promised(LATER)
    begin_promised(LATER)
    bell = Bell.objects.get()
    assert bell.rings_at == WEDNESDAY_CLOSE
    assert escalate_due(WEDNESDAY_CLOSE - timedelta(minutes=1)) == 0
    assert warn_before_bells(WEDNESDAY_CLOSE - timedelta(minutes=20)) == 1
    assert warn_before_bells(WEDNESDAY_CLOSE - timedelta(minutes=10)) == 0
    for hours in range(3):
        assert escalate_due(WEDNESDAY_CLOSE + timedelta(hours=hours)) == 1
    manager, corporate = filed.council.manager.email, filed.council.corporate.email
    assert told("feedback_due") == [filed.lead.email, manager, corporate]
    a_word(filed, at=WEDNESDAY_CLOSE + timedelta(hours=3))
    assert escalate_due(WEDNESDAY_CLOSE + timedelta(days=9)) == 0


def test_word_in_time_rings_nobody(filed: Filed) -> None:
    begin_promised(LATER)
    a_word(filed)
    begin_promised(LATER)
    assert escalate_due(WEDNESDAY_CLOSE) == 0
    assert Bell.objects.get().ended_by == filed.lead


@pytest.mark.parametrize("told_first", [True, False])
def test_a_closed_concern_owes_the_reporter_its_outcome(filed: Filed, told_first: bool) -> None:
    closed_at = NOON + timedelta(hours=2)
    begin_promised(LATER)
    if told_first:
        a_word(filed, "outcome", closed_at - timedelta(minutes=5))
    Concern.objects.filter(pk=filed.concern.pk).update(state="closed", closed_at=closed_at)
    begin_promised(closed_at + timedelta(minutes=1))
    begin_promised(closed_at + timedelta(minutes=2))
    running = Bell.objects.filter(ended_at=None)
    assert list(running.values_list("kind", flat=True)) == ([] if told_first else ["outcome"])
    a_word(filed, "message", closed_at + timedelta(hours=1))
    assert running.exists() is not told_first
    a_word(filed, "outcome", closed_at + timedelta(hours=1))
    assert not running.exists()


def test_a_lead_who_reported_it_and_one_who_left_are_promised_nothing(council: Council) -> None:
    report = make_report(council.child_lead)
    make_concern(council.children, report, owner=council.child_lead, taken_at=NOON)
    make_concern(council.children, make_report(make_user(is_active=False)))
    begin_promised(LATER)
    assert not Bell.objects.exists()


# --- Nobody has told me anything -----------------------------------------------------------------


def test_the_one_button_rings_at_once_and_further_up_each_time(filed: Filed) -> None:
    client = client_of(filed.reporter)
    page = client.post(filed.path("nobody-told-me/"), follow=True)
    assert "We have told the people who should have told you" in text_of(page)
    assert told("reporter_waiting") == [filed.lead.email]
    page = client.post(filed.path("nobody-told-me/"), follow=True)
    assert "within the last hour" in text_of(page)
    assert len(told("reporter_waiting")) == 1
    chase(filed.report.pk, filed.reporter, timezone.now() + timedelta(hours=1, minutes=1))
    assert told("reporter_waiting") == [filed.lead.email, filed.council.manager.email]
    a_word(filed, at=timezone.now())
    assert not Bell.objects.filter(kind="waiting", ended_at=None).exists()
    assert client.get(filed.path("nobody-told-me/")).status_code == 405


def test_two_presses_at_once_ring_once(own_database: str) -> None:
    team = make_team()
    lead, report = make_lead(team), make_report()
    make_concern(team, report, owner=lead, taken_at=NOON)

    def press(_: int) -> bool:
        try:
            chase(report.pk, report.reporter, LATER)
        except NotAllowedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == [False, False, False, True]
    assert told("reporter_waiting") == [lead.email]


def test_the_button_cannot_be_pressed_for_somebody_else(filed: Filed) -> None:
    with pytest.raises(Http404):
        chase(filed.report.pk, filed.lead, LATER)


# --- Additions -----------------------------------------------------------------------------------


def test_what_is_added_is_shown_with_the_statement_which_stays(filed: Filed) -> None:
    before = filed.report.statement
    client = client_of(filed.reporter)
    answer = client.post(
        filed.path("add/"), {"danger": "no", "kind": "correction", "text": "It was Monday"}
    )
    assert answer["Location"] == filed.path()
    filed.report.refresh_from_db()
    assert filed.report.statement == before
    assert "It was Monday" in text_of(client.get(filed.path()))
    assert told("added_to_report") == [filed.lead.email]
    lead = client_of(filed.lead)
    assert "It was Monday" in text_of(
        lead.get(f"/concerns/{filed.concern.reference}/conversation/")
    )
    assert "It was Monday" in text_of(lead.get(f"/concerns/{filed.concern.reference}/report/"))


def test_new_danger_shows_999_first_raises_to_p1_and_rings_until_somebody_acts(
    filed: Filed,
) -> None:
    waiting = make_referral(filed.concern, escalate_at=None)
    client = client_of(filed.reporter)
    answer = client.post(
        filed.path("add/"), {"danger": "yes", "kind": "information", "text": "He is back"}
    )
    assert answer["Location"] == filed.path("danger/")
    page = text_of(client.get(filed.path("danger/")))
    assert page.index("999") < page.index("0121")
    assert told("danger_added") == [filed.lead.email]
    filed.concern.refresh_from_db()
    assert (filed.concern.priority, filed.concern.is_p1) == (1, True)
    waiting.refresh_from_db()
    assert waiting.escalate_at is not None
    assert waiting.escalate_at <= timezone.now() + timedelta(minutes=15)
    call = Call.objects.still_due().get()
    assert call.agency_slug == "childrens-social-care"
    bell = Bell.objects.get(kind="danger")
    escalate_due(bell.rings_at)
    assert told("danger_added") == [filed.lead.email, filed.council.manager.email]
    section = f"/concerns/{filed.concern.reference}/conversation/"
    lead = client_of(filed.lead)
    assert "I have read it and acted" in text_of(lead.get(section))
    lead.post(f"/concerns/{filed.concern.reference}/danger-read/")
    assert "I have read it and acted" not in text_of(lead.get(section))
    escalate_due(bell.rings_at + timedelta(days=1))
    assert len(told("danger_added")) == 2
    with pytest.raises(ConflictError):
        answer_danger(filed.concern.pk, filed.lead, timezone.now())


@pytest.mark.parametrize("page", ["add/", "disagree/"])
def test_danger_alone_is_enough_and_no_empty_box_stands_before_the_numbers(
    filed: Filed, page: str
) -> None:
    answer = client_of(filed.reporter).post(filed.path(page), {"danger": "yes"})
    assert answer["Location"] == filed.path("danger/")
    assert told("danger_added") == [filed.lead.email]
    long = client_of(filed.reporter).post(filed.path(page), {"danger": "yes", "text": "x" * 20_000})
    assert long.status_code == 422


def test_not_being_sure_of_danger_shows_the_numbers_and_rings_nobody_up(filed: Filed) -> None:
    answer = client_of(filed.reporter).post(
        filed.path("add/"), {"danger": "unknown", "kind": "information", "text": "Heard shouting"}
    )
    assert answer["Location"] == filed.path("danger/")
    assert told("added_to_report") == [filed.lead.email]
    assert not Bell.objects.exists()


def test_danger_on_a_closed_concern_rings_all_the_same(filed: Filed) -> None:
    Concern.objects.filter(pk=filed.concern.pk).update(state="closed", closed_at=NOON)
    new = NewAddition(kind="information", text="He is back", danger="yes")
    add_to_report(filed.report.pk, filed.reporter, new, LATER)
    assert told("danger_added") == [filed.lead.email]


@pytest.mark.parametrize(("through", "still_due"), [(True, 0), (False, 1)])
def test_a_call_that_got_through_answers_the_one_that_was_due_at_its_real_time(
    filed: Filed, through: bool, still_due: int
) -> None:
    Call.objects.create(
        concern=filed.concern, agency_slug="childrens-social-care", due_at=NOON, recorded_at=NOON
    )
    made_at = NOON + timedelta(minutes=5)
    new = NewAddition(
        "call", "Told them", "", "childrens-social-care", "Jo", through, happened_at=made_at
    )
    add_to_report(filed.report.pk, filed.reporter, new, LATER)
    assert Call.objects.still_due().count() == still_due
    made = Call.objects.get(made_at=made_at)
    assert (made.made_by, made.recorded_at) == (filed.reporter, LATER)
    assert Event.objects.get(name="report.added_to").happened_at == made_at


@pytest.mark.parametrize("at", [LATER + timedelta(minutes=1), NOON - timedelta(days=2)])
def test_a_call_in_the_future_or_long_before_is_refused(filed: Filed, at: datetime) -> None:
    new = NewAddition("call", "Told them", "", "lado", "Jo", happened_at=at)
    with pytest.raises(NotAllowedError, match="Check it"):
        add_to_report(filed.report.pk, filed.reporter, new, LATER)


@pytest.mark.parametrize(
    ("page", "post", "words"),
    [
        ("message/", {"text": ""}, "Write your message"),
        ("message/", {"text": "x" * 200_000}, "too long"),
        ("message/", {"text": "a\x00b"}, "a character that cannot be shown"),
        ("add/", {}, "Select yes if anyone is in danger right now"),
        ("add/", {"danger": "maybe", "kind": "chase", "text": "x"}, "one of the answers shown"),
        ("call/", {"agency": "nobody"}, "one of the answers shown"),
        ("call/", {"clock": "25 o'clock"}, "Write the time like"),
        ("disagree/", {"about": "everything"}, "one of the answers shown"),
    ],
)
def test_a_wrong_page_says_so_and_keeps_what_was_typed(
    filed: Filed, page: str, post: dict[str, str], words: str
) -> None:
    answer = client_of(filed.reporter).post(filed.path(page), post | {"text": post.get("text", "")})
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_each_page_asks_the_database_as_often_for_one_row_as_for_30(filed: Filed) -> None:
    reporter, lead = client_of(filed.reporter), client_of(filed.lead)
    section = f"/concerns/{filed.concern.reference}/conversation/"
    counts = []
    for number in (1, 29):
        for _ in range(number):
            write_to_leads(filed.report.pk, filed.reporter, "Hello", LATER)
            a_word(filed, "feedback")
        for client, path in ((reporter, filed.path()), (lead, section)):
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            counts.append(len([item for item in captured if "SAVEPOINT" not in item["sql"]]))
    assert counts[:2] == counts[2:]
    assert max(counts) <= 12


def test_only_a_case_role_reads_the_leads_side(filed: Filed) -> None:
    stranger = make_user()
    give_role(stranger, Role.AUDITOR)
    for user in (stranger, filed.reporter, filed.council.adult_lead):
        for page in ("conversation/", "disagreement/", "tell/", "contest/"):
            path = f"/concerns/{filed.concern.reference}/{page}"
            assert client_of(user).get(path).status_code == 404
