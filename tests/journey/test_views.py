"""The reporter's pages, as a browser asks for them: right, wrong, empty, forged, out of order."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from concerns.journey.answers import Answers
from concerns.journey.steps import EXTRA, QUESTIONS, keys
from concerns.models import Draft
from concerns.services.drafts import NOTICE, expire_drafts
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.outbox.models import Message
from tests.answers import ADULT, CHILD, Raw, changed, family
from tests.factories import make_concern, make_lead, make_report, make_team, make_user

pytestmark = pytest.mark.django_db
STEP_QUERIES = 12


@pytest.fixture
def reporter() -> User:
    """Return who reports."""
    return make_user(full_name="Rowan Reporter")


@pytest.fixture
def leads(db: None) -> dict[str, User]:
    """Return the lead of each team: without teams nothing can be sent."""
    return {
        group: make_lead(make_team(group), full_name=f"Casey {group.title()}lead")
        for group in (Team.Group.CHILDREN, Team.Group.ADULTS)
    }


@pytest.fixture
def browser(reporter: User) -> Client:
    """Return the reporter's browser, signed in."""
    client = Client()
    client.force_login(reporter)
    return client


def make_draft(owner: User, raw: Raw) -> Draft:
    """Return a draft with these answers."""
    expires = timezone.now() + timedelta(days=30)
    return Draft.objects.create(owner=owner, answers=raw, expires_at=expires)


def address(draft: Draft, key: str) -> str:
    """Return the address of a page."""
    return reverse("concerns:journey:step", args=[draft.pk, key])


def post(client: Client, draft: Draft, key: str, **data: Any) -> Any:
    """Send a page's answers."""
    return client.post(address(draft, key), data)


def text_of(response: Any) -> str:
    """Return the page."""
    return response.content.decode()


def errors_of(response: Any) -> list[str]:
    """Return the error summary's words, each having been found to link to an id on the page."""
    html = text_of(response)
    start = html.index("govuk-error-summary__list")
    found = re.findall(
        r'<a href="#([^"]+)"[^>]*>(.*?)</a>', html[start : html.index("</ul>", start)]
    )
    for target, _ in found:
        assert f'id="{target}"' in html, f"no element has the id {target}"
    return [unescape(words.strip()) for _, words in found]


WORK: Raw = changed(
    CHILD,
    harm_by__1={"relation": ["council"], "reach": ["yes"]},
    harm_by__2={"relation": ["nobody"], "reach": ["no"]},
)
EVERYTHING = "physical domestic_abuse fgm missing online radicalisation forced_marriage honour"
CHILD_WITH_ALL: Raw = changed(
    WORK,
    danger={"danger": ["yes"]},
    danger_call={},
    person__1={"group": ["child"], "age": ["16"]},
    worry__1={"worry": EVERYTHING.split()},
    what_happened={"account": ["A mark."], "known": ["told"], "ongoing": ["no"]},
    fgm__1={"known": ["saw_signs"]},
    household={"who": ["children", "adult"]},
    done={"done": ["police"], "worker": ["yes"]},
)
ADULT_WITH_ALL: Raw = changed(
    ADULT,
    person__1={"group": ["adult"], "age": ["20"]},
    worry__1={"worry": ["neglect", "self_neglect", "slavery", "domestic_abuse"]},
)
SUPPORT: Raw = changed(CHILD, worry__1={"worry": ["support"]})
UNBORN: Raw = changed(CHILD, person__1={"group": ["unborn"]})
REPORTS = {
    "child": CHILD,
    "adult": ADULT,
    "several": family(),
    "child, all pages": CHILD_WITH_ALL,
    "adult, all pages": ADULT_WITH_ALL,
    "support": SUPPORT,
    "unborn": UNBORN,
    "empty": {},
}


def test_the_reports_below_have_every_page_there_is() -> None:
    today = timezone.localdate()
    seen = {key.partition(".")[0] for raw in REPORTS.values() for key in keys(Answers(raw, today))}
    assert set(QUESTIONS) == seen | {"files", "about-you", "more"}


@pytest.mark.parametrize("raw", REPORTS.values(), ids=list(REPORTS))
def test_every_page_opens_with_one_heading_and_no_name_in_its_title(
    raw: Raw, browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, raw)
    extras = [f"{slug}.1" if slug in {"when", "more", "injuries"} else slug for slug in EXTRA]
    for key in [*keys(Answers(raw, timezone.localdate())), *extras, "check"]:
        where = reverse("concerns:journey:check", args=[draft.pk]) if key == "check" else None
        with CaptureQueriesContext(
            connection,
        ) as queries:
            response = browser.get(where or address(draft, key), follow=key == "when.1")
        assert response.status_code == 200, key
        html = text_of(response)
        assert html.count("<h1") == 1, key
        assert "Example" not in re.findall(r"<title>(.*?)</title>", html, re.DOTALL)[0]
        assert len(queries) <= STEP_QUERIES, (key, [query["sql"] for query in queries])


# What an empty page says: CONTENT, column "Empty or wrong".
EMPTY: list[tuple[Raw, str, list[str]]] = [
    (CHILD, "danger", ["Select yes if anyone is in danger right now"]),
    (CHILD_WITH_ALL, "call", ["Select who you called"]),
    (CHILD, "person.1", ["Select their age group"]),
    (ADULT_WITH_ALL, "care-leaver.1", ["Select what support they had"]),
    (CHILD, "where.1", ["Select where they live", "Select where they are now"]),
    (ADULT, "needs.1", ["Select yes if they have care or support needs"]),
    (CHILD, "worry.1", ["Select what worries you"]),
    (
        CHILD,
        "what-happened",
        [
            "Write at least one sentence about your worry",
            "Select how you know",
            "Select yes if it is still happening",
        ],
    ),
    (ADULT, "when", ["Select where it happened"]),
    (CHILD, "injuries.1", ["Select if they are hurt"]),
    (ADULT_WITH_ALL, "basics.1", ['Select what is missing, or "None"']),
    (CHILD_WITH_ALL, "missing.1", ["Select if they are missing now"]),
    (CHILD_WITH_ALL, "fgm.1", ["Select what you know"]),
    (CHILD_WITH_ALL, "fgm-job.1", ["Select yes if you learned it in a registered job"]),
    (ADULT_WITH_ALL, "slavery.1", ["Select if they agree"]),
    (CHILD_WITH_ALL, "dash.1", ["Select if a checklist was done"]),
    (CHILD_WITH_ALL, "prevent.1", ["Select yes if there is a plan"]),
    (
        CHILD,
        "harm-by.1",
        ["Select who may have caused the harm", "Select yes if they can still reach the child"],
    ),
    (WORK, "harm-by-work.1", ["Select the worry about their work"]),
    (WORK, "harm-by-staff.1", ["Search for their name, or say why not"]),
    (CHILD, "household", ["Select who else could be affected"]),
    (ADULT, "police.1", ["Select yes if there may be a crime", "Select if they agree"]),
    (ADULT, "consent.1", ["Select if they agree"]),
    (ADULT, "override.1", ['Select why, or "None fit"']),
    (ADULT, "capacity.1", ["Select if they can decide"]),
    (ADULT, "wishes.1", ["Select who speaks up for them"]),
    (SUPPORT, "family-consent.1", ["Select if a parent has agreed"]),
    (CHILD_WITH_ALL, "safe-contact.1", ["Select if they may be taken abroad"]),
    (
        CHILD,
        "done",
        ["Select what has been done", "Select yes if they have a social worker"],
    ),
    (CHILD_WITH_ALL, "worker", ["Select if you have told them"]),
    (CHILD_WITH_ALL, "told-by", ["Select if we may share their name"]),
    (CHILD_WITH_ALL, "safety", ["Select yes if a visitor could be at risk"]),
    (WORK, "who-sees", ['Search for a name, or select "No"']),
    (CHILD, "about-you", ["Enter a phone number we can ring you on"]),
]


@pytest.mark.parametrize(("raw", "key", "words"), EMPTY, ids=[case[1] for case in EMPTY])
def test_an_empty_page_says_what_to_do_and_skip_goes_on(
    raw: Raw, key: str, words: list[str], browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, changed(raw, **{key.replace("-", "_").replace(".", "__"): None}))
    if key == "person.1":
        draft.answers = {}
        draft.save()
    response = post(browser, draft, key)
    assert response.status_code == 422
    assert errors_of(response) == words
    assert post(browser, draft, key, skip="1").status_code == 302
    draft.refresh_from_db()
    assert draft.answers[key] == {}


@pytest.mark.parametrize("raw", REPORTS.values(), ids=list(REPORTS))
def test_every_page_takes_an_empty_an_unknown_and_a_strange_answer(
    raw: Raw, browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, raw)
    strange = "\x00\u202e\ufeff😀" + "x" * 300
    for key in keys(Answers(raw, timezone.localdate())):
        where = address(draft, key)
        fields = re.findall(r' name="(\w+)"', text_of(browser.get(where)))
        for value in ("", "forged", strange):
            data = {name: value for name in fields if name not in {"skip", "another"}}
            assert browser.post(where, data).status_code in {302, 422}, (key, value)
            assert browser.post(where, {**data, "skip": "1"}).status_code == 302, (key, value)
            Draft.objects.filter(pk=draft.pk).update(answers=raw)


def person(day: str, month: str, year: str, group: str = "child") -> dict[str, str]:
    """Return a posted page about a person with a date of birth."""
    return {"group": group, "dob_day": day, "dob_month": month, "dob_year": year}


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (person("31", "6", "2015"), "June has 30 days. Check the day"),
        (person("1", "6", "25"), "Write the year with 4 numbers"),
        (person("1", "", "2015"), "Add the month"),
        (person("1", "2", "2099"), "1 February 2099 has not come yet. Check it"),
        (person("1", "2", "1990"), "Change the date or the age group"),
        (person("1", "2", "2020", "adult"), "Change the date or the age group"),
    ],
)
def test_a_wrong_date_is_explained_and_skip_keeps_it_as_typed(
    typed: dict[str, str], words: str, browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, {})
    response = post(browser, draft, "person.1", **typed)
    assert response.status_code == 422
    (said,) = errors_of(response)
    assert words in said
    for name, value in typed.items():
        assert name == "group" or not value or f'value="{value}"' in text_of(response)
    assert post(browser, draft, "person.1", **typed, skip="1").status_code == 302
    draft.refresh_from_db()
    kept = {name: [value] for name, value in typed.items() if value}
    assert draft.answers["person.1"] == kept
    again = text_of(browser.get(address(draft, "person.1")))
    assert f'value="{typed["dob_year"]}"' in again
    check = browser.get(reverse("concerns:journey:check", args=[draft.pk]))
    assert " ".join(value for value in list(typed.values())[1:] if value) in text_of(check)


def test_a_birthday_tomorrow_and_a_month_by_name_are_read(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, {})
    day = timezone.localdate() + timedelta(days=1)
    typed = person(str(day.day), str(day.month), str(day.year))
    assert "has not come yet" in errors_of(post(browser, draft, "person.1", **typed))[0]
    assert post(browser, draft, "person.1", **person("23", "April", "2015")).status_code == 302


def test_ticks_beyond_the_checklist_are_explained(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, CHILD_WITH_ALL)
    response = post(browser, draft, "dash.1", done="yes", ticks="25")
    assert errors_of(response) == ["Ticks must be a number from 0 to 24"]


def test_a_due_date_more_than_10_months_away_is_explained(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, UNBORN)
    day = timezone.localdate() + timedelta(days=400)
    typed = {"due_day": str(day.day), "due_month": str(day.month), "due_year": str(day.year)}
    response = post(browser, draft, "unborn.1", **typed, mother_age="adult")
    assert errors_of(response) == ["Due date is more than 10 months away. Check it"]


STORY = {"known": "seen", "ongoing": "yes"}


def test_emoji_and_right_to_left_writing_are_kept_as_typed(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, {})
    words = "She said \U0001f622 يا أمي and then שלום"
    assert post(browser, draft, "what-happened", account=words, **STORY).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["what-happened"]["account"] == [words]
    assert words in text_of(browser.get(address(draft, "what-happened")))


def test_a_hidden_character_is_taken_out_and_said(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, {})
    response = post(browser, draft, "what-happened", account="A \x00mark", **STORY)
    assert errors_of(response) == ["We took out a character that cannot be shown. Check the text"]
    assert "A mark" in text_of(response)


def test_a_very_long_paste_is_counted_kept_and_can_be_skipped(
    browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, {})
    paste = "word " * 40_000
    response = post(browser, draft, "what-happened", account=paste, **STORY)
    assert response.status_code == 422
    assert re.fullmatch(
        r"Account is [\d,]+ characters too long\. Shorten it", errors_of(response)[0]
    )
    assert paste.strip() in text_of(response)
    assert post(browser, draft, "what-happened", account=paste, skip="1").status_code == 302
    draft.refresh_from_db()
    assert draft.answers["what-happened"]["account"] == [paste]


def test_an_answer_that_was_not_offered_is_refused_in_words(
    browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, {})
    response = post(browser, draft, "danger", danger="perhaps")
    assert errors_of(response) == ["Select one of the answers shown"]
    assert post(browser, draft, "worry.1", worry=["physical", "forged"]).status_code == 422


def test_another_person_s_draft_and_a_forged_id_are_not_found(browser: Client) -> None:
    theirs = make_draft(make_user(), CHILD)
    forged = Draft(pk="00000000-0000-4000-8000-000000000000")
    for draft in (theirs, forged):
        assert browser.get(address(draft, "danger")).status_code == 404
        assert post(browser, draft, "danger", danger="yes").status_code == 404
        for name in ("resume", "check", "delete"):
            where = reverse(f"concerns:journey:{name}", args=[draft.pk])
            assert browser.get(where).status_code == 404, name
        for name in ("send", "delete"):
            where = reverse(f"concerns:journey:{name}", args=[draft.pk])
            assert browser.post(where).status_code == 404, name
        where = reverse("concerns:journey:remove", args=[draft.pk, "person.2"])
        assert browser.post(where).status_code == 404
    theirs.refresh_from_db()
    assert theirs.answers == CHILD


@pytest.mark.parametrize(
    "key", ["nothing", "danger.1", "person.02", "person.x", "more." + "9" * 5000]
)
def test_an_unknown_page_is_never_a_fault(key: str, browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, CHILD)
    assert browser.get(address(draft, key)).status_code in {302, 404}
    assert post(browser, draft, key, danger="yes").status_code in {302, 404}
    where = reverse("concerns:journey:remove", args=[draft.pk, key])
    assert browser.post(where).status_code == 404
    draft.refresh_from_db()
    assert draft.answers == CHILD


def test_a_page_that_does_not_apply_leads_to_the_first_open_one_and_saves_nothing(
    browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, changed(CHILD, done=None))
    for key in ("consent.1", "person.3", "call", "unborn.1"):
        response = post(browser, draft, key, agree="agrees")
        assert response.status_code in {302, 422}
        assert response.status_code == 422 or response["Location"] == address(draft, "done")
    draft.refresh_from_db()
    assert draft.answers == changed(CHILD, done=None)


def send(client: Client, draft: Draft) -> Any:
    """Send the report."""
    return client.post(reverse("concerns:journey:send", args=[draft.pk]))


def test_after_sending_every_page_of_the_draft_leads_to_the_confirmation(
    browser: Client, reporter: User, leads: dict[str, User]
) -> None:
    draft = make_draft(reporter, family())
    sent = send(browser, draft)
    assert sent.status_code == 302
    assert send(browser, draft)["Location"] == sent["Location"]
    draft.refresh_from_db()
    for response in (
        post(browser, draft, "danger", danger="yes"),
        browser.get(address(draft, "person.1")),
        browser.get(reverse("concerns:journey:check", args=[draft.pk])),
        browser.get(reverse("concerns:journey:resume", args=[draft.pk])),
        browser.get(reverse("concerns:journey:delete", args=[draft.pk])),
        browser.post(reverse("concerns:journey:delete", args=[draft.pk])),
        browser.post(reverse("concerns:journey:remove", args=[draft.pk, "person.3"])),
    ):
        assert response.status_code == 302
        assert response["Location"] == sent["Location"]
    draft.refresh_from_db()
    assert draft.answers == {}


def test_without_an_account_nothing_is_sent_and_the_page_says_why(
    browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, changed(CHILD, what_happened={"known": ["seen"]}))
    response = send(browser, draft)
    assert response.status_code == 422
    assert "Write what happened before you send" in text_of(response)
    assert address(draft, "what-happened") in text_of(response)


def test_only_the_account_is_needed(
    browser: Client, reporter: User, leads: dict[str, User]
) -> None:
    draft = make_draft(reporter, {"what-happened": {"account": ["A child cries at night."]}})
    assert send(browser, draft).status_code == 302


@pytest.mark.parametrize("raw", list(REPORTS.values())[:-1], ids=list(REPORTS)[:-1])
def test_each_report_can_be_checked_sent_and_read(
    raw: Raw, browser: Client, reporter: User, leads: dict[str, User]
) -> None:
    draft = make_draft(reporter, raw)
    response = browser.post(reverse("concerns:journey:send", args=[draft.pk]), follow=True)
    assert response.status_code == 200
    assert "Report sent" in text_of(response)


def test_two_tabs_on_different_pages_do_not_overwrite_each_other(
    browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, {"danger": {"danger": ["no"]}})
    browser.get(address(draft, "person.1"))
    browser.get(address(draft, "household"))
    post(browser, draft, "person.1", group="child", name="Robin Example")
    post(browser, draft, "household", who="none")
    draft.refresh_from_db()
    assert draft.answers["person.1"] == {"group": ["child"], "name": ["Robin Example"]}
    assert draft.answers["household"] == {"who": ["none"]}
    assert draft.answers["danger"] == {"danger": ["no"]}


def test_a_change_from_the_check_page_leads_back_to_it(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, CHILD)
    check = reverse("concerns:journey:check", args=[draft.pk])
    change = address(draft, "where.1") + "?from-check=1"
    assert change in text_of(browser.get(check))
    assert f'href="{check}"' in text_of(browser.get(change))
    response = browser.post(change, {"lives": "elsewhere", "area": "Solihull", "now": "home"})
    assert response["Location"] == check
    change = address(draft, "injuries.1") + "?from-check=1"
    response = browser.post(change, {"hurt": "urgent"})
    assert response["Location"] == address(draft, "danger-call")


def test_another_person_can_be_added_and_taken_out_again(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, {"danger": {"danger": ["no"]}})
    response = post(browser, draft, "person.1", group="child", another="1")
    assert response["Location"] == address(draft, "person.2")
    post(browser, draft, "person.2", group="adult")
    assert "Remove this person" in text_of(browser.get(address(draft, "person.2")))
    where = reverse("concerns:journey:remove", args=[draft.pk, "person.2"])
    assert browser.post(where).status_code == 302
    draft.refresh_from_db()
    assert "person.2" not in draft.answers
    assert "person.1" in draft.answers


def test_all_that_was_said_of_a_person_goes_with_the_person(
    browser: Client, reporter: User
) -> None:
    second = {"person.2": {"group": ["child"]}, "worry.2": {"worry": ["sexual"]}}
    draft = make_draft(reporter, CHILD | second | {"harm-by.2": {"relation": ["relative"]}})
    browser.post(reverse("concerns:journey:remove", args=[draft.pk, "person.2"]))
    draft.refresh_from_db()
    # The next person under this number must not inherit a worry; the alleged people stay.
    assert not {"person.2", "worry.2"} & draft.answers.keys()
    assert {"person.1", "worry.1", "harm-by.2"} <= draft.answers.keys()


def test_a_wrong_answer_to_a_page_answered_before_replaces_what_was_kept(
    browser: Client, reporter: User
) -> None:
    draft = make_draft(reporter, CHILD)
    typed = person("31", "6", "2015")
    assert post(browser, draft, "person.1", **typed).status_code == 422
    draft.refresh_from_db()
    assert draft.answers["person.1"] == {name: [value] for name, value in typed.items()}


def test_home_asks_the_database_as_often_for_1_report_as_for_30(
    browser: Client, reporter: User
) -> None:
    team = make_team(Team.Group.CHILDREN)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            taken = {"owner": make_lead(team), "taken_at": timezone.now(), "state": "in_triage"}
            make_concern(team, make_report(reporter), **taken)
            make_draft(reporter, CHILD)
        with CaptureQueriesContext(connection) as queries:
            response = browser.get(reverse("concerns:home"))
        assert response.status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert text_of(response).count("Go on with the draft from") == 30


def test_taking_an_answer_needs_few_queries(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, family())
    with CaptureQueriesContext(connection) as queries:
        assert post(browser, draft, "danger", danger="no").status_code == 302
    assert len(queries) <= STEP_QUERIES


def test_a_draft_is_announced_once_and_goes_only_after_the_notice(reporter: User) -> None:
    draft = make_draft(reporter, CHILD)
    now = draft.expires_at - NOTICE + timedelta(hours=1)
    assert expire_drafts(now) == (1, 0)
    assert expire_drafts(now) == (0, 0)
    assert expire_drafts(now + timedelta(hours=1)) == (0, 0)
    message = Message.objects.get(kind="draft_expires")
    assert message.recipient == reporter.email
    assert "Robin" not in str(message.context)
    draft.refresh_from_db()
    assert expire_drafts(draft.expires_at + timedelta(minutes=1)) == (0, 1)
    assert not Draft.objects.filter(pk=draft.pk).exists()


def test_a_draft_long_over_that_nobody_announced_is_announced_first(reporter: User) -> None:
    draft = make_draft(reporter, CHILD)
    late = draft.expires_at + timedelta(days=10)
    assert expire_drafts(late) == (1, 0)
    draft.refresh_from_db()
    assert draft.expires_at >= late + NOTICE
    assert expire_drafts(late + NOTICE - timedelta(hours=1)) == (0, 0)


def test_going_on_with_an_announced_draft_keeps_it(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, CHILD)
    Draft.objects.filter(pk=draft.pk).update(reminded_at=timezone.now())
    post(browser, draft, "danger", danger="no")
    draft.refresh_from_db()
    assert draft.reminded_at is None


def test_deleting_a_draft_asks_first(browser: Client, reporter: User) -> None:
    draft = make_draft(reporter, CHILD)
    where = reverse("concerns:journey:delete", args=[draft.pk])
    assert "Delete this draft?" in text_of(browser.get(where))
    assert Draft.objects.filter(pk=draft.pk).exists()
    assert browser.post(where)["Location"] == reverse("concerns:home")
    assert not Draft.objects.filter(pk=draft.pk).exists()


def test_the_confirmation_is_for_its_reporter_alone_however_its_reference_is_typed(
    browser: Client, reporter: User, leads: dict[str, User]
) -> None:
    draft = make_draft(reporter, CHILD)
    send(browser, draft)
    draft.refresh_from_db()
    reference = draft.report.reference
    stranger = Client()
    stranger.force_login(make_user())
    for typed in (reference, reference.lower(), reference.replace("-", ""), f" {reference} "):
        where = reverse("concerns:journey:sent", args=[typed])
        response = browser.get(where)
        assert response.status_code == 200, typed
        assert leads["children"].full_name in text_of(response)
        assert stranger.get(where).status_code == 404
    for typed in ("x", "9" * 500, "\u0662", "😀"):
        assert browser.get(reverse("concerns:journey:sent", args=[typed])).status_code == 404
