"""The editors' pages: who may open them, what they say, and that nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from contacts import changes
from contacts.editing.urls import urlpatterns
from contacts.models import Care, ChangeSet, Check
from contacts.snapshot import WEEKDAYS
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.contacts.conftest import NOW, client_of, line_of
from tests.factories import give_role, make_team, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
PARTS = {"pk": 1, "slug": "cass", "kind": "line", "field": "number"}
CASS = {
    "name": "the children's front door (CASS)",
    "number": "0121 303 1888",
    **dict.fromkeys(WEEKDAYS[:5], "08:45-17:15"),
    "sat": "closed",
    "sun": "closed",
    "closed_on_holidays": "yes",
    "special_days": "",
    "fallback": "edt",
    "languages": "",
    "text_relay": "",
    "source": "Corporate Safeguarding Policy",
    "evidence": "",
    "note": "",
}
ALWAYS_OPEN = CASS | {
    **dict.fromkeys(WEEKDAYS, "24 hours"),
    "closed_on_holidays": "no",
    "fallback": "none",
}


@pytest.fixture(autouse=True)
def _one_moment() -> Iterator[None]:
    """Let every page be opened at the moment at which the directory was published."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(editor: User) -> Client:
    """Return the editor's browser."""
    return client_of(editor)


@pytest.fixture
def change(editor: User) -> ChangeSet:
    """Return an empty draft."""
    return changes.start_change(editor, "Saturday opening", None, NOW)


def url(name: str, *args: Any) -> str:
    return reverse(f"contacts:editing:{name}", args=args)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize("pattern", urlpatterns, ids=[str(item.name) for item in urlpatterns])
def test_for_everybody_but_directory_editors_the_editing_pages_do_not_exist(pattern: Any) -> None:
    names = pattern.pattern.regex.groupindex
    path = reverse(f"contacts:editing:{pattern.name}", kwargs={name: PARTS[name] for name in names})
    for role in (None, Role.CORPORATE_LEAD, Role.POLICY_EDITOR, Role.LEAD, Role.AUDITOR):
        person = make_user()
        if role:
            give_role(person, role, make_team() if role == Role.LEAD else None)
        client = client_of(person)
        answers = [client.get(path).status_code, client.post(path).status_code]
        assert set(answers) <= {404, 405}, (role, answers)


def test_an_editor_changes_a_line_and_sees_the_difference_in_words(
    client: Client, change: ChangeSet
) -> None:
    sent = CASS | {"sat": "9am to 12:30pm, 18:00-02:00", "fri": "08:45-16:15"}
    answer = client.post(url("line", change.pk, "cass"), sent | {"revision": change.revision})
    assert answer.status_code == 302
    page = text(client.get(url("change", change.pk)))
    assert "Saturday: closed becomes 9am to 12:30pm and 6pm to 2am" in page
    assert "Somebody answers for every agency" in page
    change.refresh_from_db()
    assert line_of(change.document, "cass")["week"]["sat"] == [
        ["09:00", "12:30"],
        ["18:00", "02:00"],
    ]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("mon", "08:45-12:00, 11:00-17:15", "Monday: 08:45-12:00 and 11:00-17:15 overlap"),
        ("tue", "17:15-16:45", "Tuesday: “17:15-16:45” closes before it opens"),
        ("wed", "whenever", "Wednesday: “whenever” is not a time such as 08:45-17:15"),
        ("thu", "", "Thursday: write the hours"),
        ("fri", "25:00-26:00", "Friday: “25:00” is not a time"),
        ("sat", "9-5", "Saturday: “9” could be morning or evening"),
        ("number", "0121 303", "Phone number: enter a UK phone number"),
        ("number", "+33 1 42 68 53 00", "Phone number: enter a UK phone number"),
        ("text_relay", "18001 12", "Text relay number: enter a UK phone number"),
        ("special_days", "31 June 2027: closed", "Line 1: June has 30 days"),
        ("special_days", "2 May 2027 to 1 May 2027: closed", "1 May 2027 is before 2 May 2027"),
        ("special_days", "1 May 2027: closed\n1 May 2027: 24 hours", "Line 2: 1 May 2027 is there"),
        ("fallback", "nowhere", "Select one of the answers shown"),
        ("fallback", "cass", "Select one of the answers shown"),
        ("source", "", "Enter the source"),
        ("name", "x" * 300, "Name is 100 characters too long"),
        ("note", "\x00a", "character that cannot be shown"),
        ("evidence", "x" * 200_000, "too long"),
    ],
)
def test_bad_input_gets_a_clear_error_that_names_the_field_and_loses_nothing(
    client: Client, change: ChangeSet, field: str, typed: str, words: str
) -> None:
    sent = CASS | {"evidence": "Rang them on Tuesday", field: typed, "revision": change.revision}
    answer = client.post(url("line", change.pk, "cass"), sent)
    assert answer.status_code == 422
    page = text(answer)
    assert words in page
    assert 'class="govuk-error-summary"' in page
    assert ("Rang them on Tuesday" if field != "evidence" else typed[:100]) in page
    change.refresh_from_db()
    assert change.revision == 1


def test_a_night_that_runs_into_the_next_opening_is_named(
    client: Client, change: ChangeSet
) -> None:
    sent = CASS | {"sun": "20:00-09:30", "revision": change.revision}
    page = text(client.post(url("line", change.pk, "cass"), sent))
    assert "Monday: Sunday runs until 09:30 on Monday, which overlaps with 08:45-17:15" in page


def test_what_was_typed_stays_when_somebody_else_edited_the_draft(
    client: Client, change: ChangeSet, second: User
) -> None:
    changes.save_document(change.pk, second, change.document, 1, NOW)
    sent = CASS | {"note": "Ring twice", "revision": 1}
    answer = client.post(url("line", change.pk, "cass"), sent)
    assert answer.status_code == 422
    assert "Sol Second changed this draft meanwhile" in text(answer)
    assert "Ring twice" in text(answer)
    # A wrong answer alone does not take the warning away; the warning itself does.
    slip = client.post(url("line", change.pk, "cass"), sent | {"number": "0121"})
    assert 'name="revision" value="1"' in text(slip)
    assert 'name="revision" value="2"' in text(answer)


def test_an_agency_and_a_line_are_added_and_removed(client: Client, change: ChangeSet) -> None:
    line = CASS | {"name": "the test line", "number": "101", "fallback": "none"}
    assert client.post(url("new_line", change.pk), line).status_code == 302
    agency = {
        "name": "Trading Standards",
        "audience": "specialist",
        "what_for": "Scams",
        "first_line": "the-test-line",
        "email": "x@birmingham.gov.uk",
        "form_url": "https://www.birmingham.gov.uk/scams",
    }
    wrong = client.post(url("new_agency", change.pk), agency | {"form_url": "javascript:alert(1)"})
    assert "Link to its form must start with https://" in text(wrong)
    assert client.post(url("new_agency", change.pk), agency).status_code == 302
    page = text(client.get(url("change", change.pk)))
    assert "New agency" in page
    taken = client.post(url("new_agency", change.pk), agency)
    assert "is taken" in text(taken)
    remove = url("remove_agency", change.pk, "trading-standards")
    assert "Remove Trading Standards?" in text(client.get(remove))
    change.refresh_from_db()
    assert client.post(remove, {"revision": change.revision}).status_code == 302
    assert "New agency" not in text(client.get(url("change", change.pk)))


def test_the_christmas_plan_is_filled_in_day_by_day(client: Client, change: ChangeSet) -> None:
    path = url("christmas", change.pk, "cass")
    page = text(client.get(path))
    assert "24 December" in page
    assert "2 January" in page
    filled = dict(re.findall(r'name="(20[\d-]+)" value="([^"]*)"', page))
    assert (filled["2026-12-24"], filled["2026-12-25"]) == ("08:45-17:15", "closed")
    assert (filled["2026-12-28"], filled["2027-01-01"]) == ("closed", "closed")
    sent = dict.fromkeys(filled, "closed")
    assert len(sent) == 10
    assert client.post(path, sent | {"revision": 1}).status_code == 302
    change.refresh_from_db()
    overrides = line_of(change.document, "cass")["overrides"]
    assert (len(overrides), overrides["2026-12-24"]) == (10, [])


def test_the_proof_is_shown_with_where_to_mend_it(client: Client, change: ChangeSet) -> None:
    sent = CASS | {"fallback": "none", "revision": 1}
    client.post(url("line", change.pk, "cass"), sent)
    page = text(client.get(url("change", change.pk)))
    assert "Nobody answers from" in page
    assert url("line", change.pk, "cass") in page
    refused = client.post(url("propose", change.pk))
    assert refused.status_code == 409
    assert "would not be safe" in text(refused)


def test_a_change_goes_from_draft_to_in_force_through_the_pages(
    client: Client, second: User
) -> None:
    start = client.post(url("start"), {"name": "Another number"})
    page = str(start["Location"])
    pk = int(page.rstrip("/").rpartition("/")[2])
    line = ALWAYS_OPEN | {"name": "the police non-emergency line", "number": "0121 496 0999"}
    client.post(url("line", pk, "101"), line | {"revision": 1})
    assert client.post(url("approve", pk)).status_code == 409
    assert client.post(url("propose", pk)).status_code == 302
    assert "Somebody else has to approve it" in text(client.get(page))
    assert client.post(url("approve", pk)).status_code == 409
    other = client_of(second)
    assert other.post(url("approve", pk)).status_code == 302
    assert "0121 496 0999" in text(other.get("/directory/police-non-emergency/"))
    assert "0121 496 0999" in text(Client().get("/get-help-now/"))
    page = text(client.get(url("version", "birmingham-2")))
    assert "“101” becomes “0121 496 0999”" in page
    assert client.post(url("roll_back", "birmingham-1")).status_code == 302


def test_an_urgent_change_asks_for_a_reason_and_is_flagged_everywhere(
    client: Client, change: ChangeSet, second: User
) -> None:
    client.post(url("line", change.pk, "cass"), CASS | {"number": "0121 496 0999", "revision": 1})
    path = url("publish_urgently", change.pk)
    assert "Write the reason" in text(client.post(path, {"reason": ""}))
    assert client.post(path, {"reason": "The number is dead"}).status_code == 302
    flagged = (url("home"), url("change", change.pk), url("versions"), "/directory/")
    for page in (*flagged, "/directory/lado/"):
        assert "not approved yet" in text(client.get(page)) or "no second person" in text(
            client.get(page)
        )
    assert "not approved yet" in text(client_of(make_user()).get("/directory/"))
    assert client_of(second).post(url("approve_afterwards", change.pk)).status_code == 302
    assert "not approved yet" not in text(client.get("/directory/"))


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"name": ""}, "Enter what this change is about"),
        ({"name": "x", "day_day": "1", "day_month": "2", "day_year": "2020"}, "has passed"),
        ({"name": "x", "clock": "9am"}, "Add the date"),
        ({"name": "x", "day_day": "1", "day_month": "2", "clock": "9am"}, "Add the year"),
        (
            {"name": "x", "day_day": "1", "day_month": "2", "day_year": "2090", "clock": "26"},
            "Time: “26” could be morning or evening",
        ),
    ],
)
def test_a_wrong_start_is_said_in_words(client: Client, sent: dict[str, str], words: str) -> None:
    answer = client.post(url("start"), sent)
    assert answer.status_code == 422
    assert words in text(answer)


def test_the_preview_shows_every_agency_at_a_moment_the_week_and_unusual_days(
    client: Client, change: ChangeSet
) -> None:
    asked = {"day_day": "27", "day_month": "11", "day_year": "2026", "clock": "16:20"}
    page = text(client.get(url("preview", change.pk), asked))
    assert "0121 675 4806" in page
    assert "until 8:45am on Monday 30 November" in page
    assert "Bank holiday" in page
    wrong = client.get(url("preview", change.pk), asked | {"day_day": "31"})
    assert wrong.status_code == 422
    week = text(client.get(url("week", change.pk, "childrens-social-care"), {"day": "2026-11-27"}))
    assert "Friday 27 November, 4:15pm" in week
    for day in ("x", "0001-01-01", "9999-12-31"):
        assert client.get(url("week", change.pk, "lado"), {"day": day}).status_code in {200, 404}


def test_an_open_question_is_decided_with_evidence_that_is_kept(
    client: Client, change: ChangeSet, second: User
) -> None:
    assert "0121 464 9001" in text(client.get(url("change", change.pk)))
    path = url("conflict", change.pk, "asc-out-of-hours", "number")
    assert "Write how you know" in text(client.post(path, {"chosen": "other"}))
    sent = {"chosen": "other", "evidence": "Rang both, the second answered", "revision": 1}
    assert client.post(path, sent).status_code == 302
    assert "Decided which number is right" in text(client.get(url("change", change.pk)))
    client.post(url("propose", change.pk))
    client_of(second).post(url("approve", change.pk))
    change.refresh_from_db()
    assert change.version is not None
    document = change.version.document
    assert line_of(document, "asc-out-of-hours")["number"] == "0121 464 9001"
    assert document["conflicts"] == []
    assert document["decisions"][0]["evidence"] == "Rang both, the second answered"
    assert document["decisions"][0]["decided_by"] == "Tess Editor"


def test_a_number_under_an_open_question_cannot_be_changed_without_a_decision(
    client: Client, change: ChangeSet
) -> None:
    line = ALWAYS_OPEN | {"name": "the adult out-of-hours line", "number": "0121 464 9001"}
    client.post(url("line", change.pk, "asc-out-of-hours"), line | {"revision": 1})
    assert "Sources clash" in text(client.get(url("change", change.pk)))
    assert client.post(url("propose", change.pk)).status_code == 409


def test_a_second_source_opens_a_question_and_the_number_shown_stays(
    client: Client, change: ChangeSet
) -> None:
    path = url("new_conflict", change.pk, "cass")
    same = {"other": "(0121) 3031888", "other_source": "A flyer", "revision": 1}
    assert "shown already" in text(client.post(path, same))
    sent = same | {"other": "0121 496 0999"}
    assert client.post(path, sent).status_code == 302
    page = text(client.get(url("change", change.pk)))
    assert "Open question about the number: “0121 303 1888”" in page
    assert "open already" in text(client.post(path, sent | {"revision": 2}))
    assert client.post(url("propose", change.pk)).status_code == 302


def test_a_scheduled_change_can_be_cancelled_on_its_page(
    client: Client, change: ChangeSet, second: User
) -> None:
    assert client.post(url("cancel", change.pk)).status_code == 409
    client.post(url("line", change.pk, "cass"), CASS | {"number": "0121 496 0999", "revision": 1})
    when = {"day_day": "1", "day_month": "1", "day_year": "2027"}
    client.post(url("change_start", change.pk), {"name": "Later", **when})
    client.post(url("propose", change.pk))
    client_of(second).post(url("approve", change.pk))
    page = text(client.get(url("change", change.pk)))
    assert "Cancel it before it starts" in page
    answer = client.post(url("cancel", change.pk))
    assert "Cancel: Later" in text(client.get(str(answer["Location"])))


@pytest.mark.parametrize("value", ["\x00\u200d👩", "x" * 200_000, "9" * 40])
def test_garbage_is_answered_in_words_or_with_404_and_never_breaks(
    client: Client, editor: User, value: str
) -> None:
    fields = [*CASS, "revision", "reason", "clock", "day_day", "day_month", "day_year", "chosen"]
    fields += ["owner", "interval_days", "worked", "text", "other", "other_source"]
    for pattern in urlpatterns:
        change = changes.start_change(editor, "Garbage", None, NOW)
        names = pattern.pattern.regex.groupindex
        parts = {name: change.pk if name == "pk" else PARTS[name] for name in names}
        path = reverse(f"contacts:editing:{pattern.name}", kwargs=parts)
        for answer in (
            client.post(path, dict.fromkeys(fields, value)),
            client.get(path, {"day": value[:500], "clock": value[:500]}),
        ):
            assert answer.status_code < 500, path


def test_an_open_question_is_not_shown_to_anybody_else() -> None:
    client = client_of(make_user())
    for path in ("/directory/", "/directory/adult-social-care/", "/get-help-now/"):
        assert "0121 464 9001" not in text(client.get(path))


def test_everybody_sees_the_directory_with_hours_in_words_and_no_marks_of_care(
    client: Client,
) -> None:
    page = text(client_of(make_user()).get("/directory/"))
    assert "Monday to Thursday: 8:45am to 5:15pm" in page
    assert "Bank holidays: closed" in page
    assert "24 hours, every day" in page
    assert "not checked" not in page
    assert "Edit the directory" not in page
    assert "Red: not checked" in text(client.get("/directory/"))
    assert client.get("/directory/nobody/").status_code == 404
    page = text(client_of(make_user()).get("/directory/lado/"))
    assert "Friday 25 December (bank holiday): the LADO team closed" in page


def test_a_test_call_that_was_answered_turns_a_line_green(client: Client) -> None:
    path = url("channel", "line", "cass")
    assert "Red: never checked" in text(client.get(path))
    call = url("call", "line", "cass")
    assert "Enter who answered" in text(client.post(call, {"worked": "yes"}))
    assert client.post(call, {"worked": "no", "note": "Nobody"}).status_code == 302
    assert "Red: never checked" in text(client.get(path))
    assert client.post(call, {"worked": "yes", "spoke_to": "Jo, duty"}).status_code == 302
    page = text(client.get(path))
    assert "Checked" in page
    assert "answered by Jo, duty" in page
    future = {"day_day": "1", "day_month": "1", "day_year": "2090"}
    assert client.post(call, {"worked": "yes", "spoke_to": "x"} | future).status_code == 422


def test_a_test_message_goes_through_the_outbox_and_counts_once_a_person_has_answered(
    client: Client,
) -> None:
    path = url("channel", "mailbox", "lado")
    assert client.post(url("canary", "lado")).status_code == 302
    message = Message.objects.get(template="directory_canary")
    assert message.recipient == "ladoteam@birminghamchildrenstrust.co.uk"
    assert "waits for a person to answer" in text(client.get(path))
    assert Care.objects.get(kind="mailbox", slug="lado").verified_on is None
    client.post(url("canary", "lado"))
    assert Message.objects.filter(template="directory_canary").count() == 1
    check = Check.objects.get()
    assert "Enter who answered" in text(client.post(url("confirm", check.pk), {"worked": "yes"}))
    client.post(url("confirm", check.pk), {"worked": "yes", "spoke_to": "Ali"})
    assert "answered by Ali" in text(client.get(path))
    assert Care.objects.get(kind="mailbox", slug="lado").verified_on is not None
    assert client.get(url("confirm", check.pk)).status_code == 404


def test_an_owner_must_have_an_account(client: Client, second: User) -> None:
    path = url("owner", "line", "cass")
    unknown = client.post(path, {"owner": "nobody@example.org", "interval_days": "30"})
    assert "nobody with an account has it" in text(unknown)
    assert client.post(path, {"owner": second.email, "interval_days": "0"}).status_code == 422
    assert client.post(path, {"owner": second.email, "interval_days": "30"}).status_code == 302
    care = Care.objects.get()
    assert (care.owner, care.interval_days) == (second, 30)
    assert Event.objects.filter(name="directory.care_set", object_id="cass").exists()
