"""The pages on which a lead decides: nothing typed is lost, nothing breaks, statements are few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from concerns.models import Call, Clock, Concern, Referral
from concerns.selectors.concern import concern_head
from concerns.services import tasks
from concerns.services.clocks import case_of
from concerns.services.custody import add_note
from concerns.triage.forms_reclassify import FactsForm
from concerns.triage.next_action import next_action
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from tests.factories import NOON, make_concern, make_lead, make_referral, make_team
from tests.triage.acts import LATER, World, act, owned_by, ready
from tests.triage.test_pages import client_of, statements

pytestmark = pytest.mark.django_db
LONG = "x" * 200_000
NASTY = ["\x00", "💥 éà", LONG, "-1", "99999999999999999999"]
PAGES = [
    "close/",
    "reopen/",
    "on-hold/",
    "priority/",
    "agreement/",
    "facts/",
    "checklist/adult/",
    "task/",
]
FIELDS = [
    "outcome",
    "words",
    "duplicate_of",
    "reason",
    "until_day",
    "until_month",
    "until_year",
    "priority",
    "consent",
    "capacity",
    "wishes",
    "grounds",
    "override_reason",
    "group",
    "age",
    "care_needs",
    "categories",
    "missing_now",
    "owner",
    "day_day",
    "clock",
    "views",
    "views_note",
    "version",
    "agree",
    "send",
    "note",
    "workforce",
]

TYPED = ("words", "reason", "override_reason", "wishes", "views_note")


@pytest.fixture
def world() -> World:
    """Return a concern of an adult that its owner can decide on."""
    return ready("hold")


def path(concern: Concern, rest: str = "") -> str:
    """Return an address of a concern."""
    return f"/concerns/{concern.reference}/{rest}"


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("nasty", NASTY, ids=["nul", "emoji", "paste", "minus", "huge"])
def test_whatever_is_sent_it_answers_in_words(world: World, page: str, nasty: str) -> None:
    client = client_of(world.owner)
    assert client.get(path(world.concern, page)).status_code == 200
    names = TYPED if nasty == LONG else FIELDS
    answer = client.post(path(world.concern, page), dict.fromkeys(names, nasty))
    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["closing/99/", "facts/99/", "checklist/none/", "task/99/done/", "referral/99/decide/"]
)
def test_ids_that_are_not_there_are_404(world: World, page: str) -> None:
    client = client_of(world.owner)
    assert client.get(path(world.concern, page)).status_code == 404
    assert client.post(path(world.concern, page)).status_code == 404


@pytest.mark.parametrize("page", [*PAGES, "resume/", "keep-open/"])
def test_out_of_scope_is_404(world: World, page: str) -> None:
    client = client_of(make_lead(make_team()))
    assert client.post(path(world.concern, page)).status_code == 404


def close(client: Client, concern: Concern, version: object) -> tuple[int, str]:
    """Post the closing page; return status and text."""
    typed = {"outcome": "no_further_action", "words": "All that I typed", "version": str(version)}
    answer = client.post(path(concern, "close/"), typed, follow=True)
    return answer.status_code, answer.content.decode()


def test_a_stale_form_is_refused_with_everything_typed_still_there(world: World) -> None:
    status, text = close(client_of(world.owner), world.concern, world.version - 1)
    assert status == 422
    assert "Someone changed this concern while you were reading it." in text
    assert "All that I typed" in text
    world.concern.refresh_from_db()
    assert world.concern.state != "closed"


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 5000, "²"])
def test_a_form_without_a_version_of_ours_is_refused(world: World, version: str) -> None:
    status, _ = close(client_of(world.owner), world.concern, version)
    assert status == 422


def test_closing_a_childs_concern_without_action_asks_another_lead_who_agrees() -> None:
    world = ready("ask_close")
    other = make_lead(world.concern.team)
    _, text = close(client_of(world.owner), world.concern, world.version)
    assert "Another lead has to agree" in text
    approval = world.concern.approvals.get()
    answer_page = path(world.concern, f"closing/{approval.pk}/")
    assert answer_page in client_of(other).get("/concerns/work/").content.decode()
    assert answer_page not in client_of(world.owner).get("/concerns/work/").content.decode()
    typed = {"agree": "yes", "reason": "I read the call", "version": str(world.version)}
    asked = client_of(world.owner).post(answer_page, typed)
    assert asked.status_code == 422
    assert "not the one who asked" in asked.content.decode()
    done = client_of(other).post(answer_page, typed, follow=True)
    assert "Agreed to closing it" in done.content.decode()
    world.concern.refresh_from_db()
    assert world.concern.state == "closed"


def test_a_lead_corrects_a_fact_sees_the_proposal_and_decides(world: World) -> None:
    client = client_of(world.owner)
    typed = {
        "group": "adult",
        "age": "81",
        "care_needs": "yes",
        "categories": ["financial", "physical"],
        "consent_report": "given",
        "capacity": "has",
        "version": str(world.version),
    }
    answer = client.post(path(world.concern, "facts/"), typed, follow=True)
    text = answer.content.decode()
    assert "The rules propose" in text
    assert "P2" in text
    asked = world.concern.reassessments.get()
    page = path(world.concern, f"facts/{asked.pk}/")
    decided = {
        "group": "adult_at_risk",
        "categories": ["financial", "physical"],
        "priority": "3",
        "agencies": ["adult-social-care"],
        "version": str(world.version),
    }
    refused = client.post(page, decided)
    assert refused.status_code == 422
    assert "Write the reason" in refused.content.decode()
    done = client.post(page, decided | {"reason": "They are safe today"}, follow=True)
    text = done.content.decode()
    for words in ("They are safe today", "Told: Birmingham Adult Social Care", "The rules"):
        assert words in text
    world.concern.refresh_from_db()
    assert (world.concern.priority, world.concern.state) == (3, "referred")


def test_the_facts_page_sent_back_unchanged_corrects_nothing(world: World) -> None:
    client = client_of(world.owner)
    case = case_of(world.concern, {}, NOON)
    shown = FactsForm(case, world.concern.group)
    same = {name: shown.initial[name] for name in shown.fields}
    typed = same | {"version": str(world.version)}
    client.post(path(world.concern, "facts/"), typed)
    client.post(path(world.concern, "facts/"), typed | {"danger_now": "yes"})
    client.post(path(world.concern, "facts/"), typed | {"danger_now": "yes", "capacity": "lacks"})
    found = [asked.corrections for asked in world.concern.reassessments.all()]
    assert found == [
        {},
        {"person": {"danger_now": "yes"}},
        {"person": {"danger_now": "yes", "capacity": "lacks"}},
    ]


def test_reading_a_form_of_a_concern_is_an_event(world: World) -> None:
    for page in ("facts/", "agreement/"):
        client_of(world.owner).get(path(world.concern, page))
    viewed = Event.objects.filter(name="concern.viewed", concern_id=world.concern.pk)
    assert viewed.count() == 2


def test_agreement_and_override_are_asked_for_where_the_rules_marked_them(world: World) -> None:
    make_referral(
        world.concern,
        agency_slug="police-non-emergency",
        state="done",
        marks=["override_reason_needed"],
    )
    client = client_of(world.owner)
    assert "Write why Police" in client.get(path(world.concern)).content.decode()
    status, text = close(client, world.concern, world.version)
    assert status == 422
    assert "Select at least one ground" in text
    typed = {
        "consent": "refused",
        "capacity": "has",
        "wishes": "To stay at home",
        "grounds": ["coercion"],
        "override_reason": "He is controlled",
        "version": str(world.version),
    }
    text = client.post(path(world.concern, "agreement/"), typed, follow=True).content.decode()
    assert "He is controlled" in text
    assert "Wishes: To stay at home" in text
    assert close(client, world.concern, world.version)[0] == 200


def test_a_task_is_given_done_and_shown_overdue(world: World) -> None:
    client, now = client_of(world.owner), timezone.now()
    tomorrow = now + timedelta(days=1)
    typed = {
        "words": "Ring the school",
        "owner": str(world.owner.pk),
        "day_day": str(tomorrow.day),
        "day_month": str(tomorrow.month),
        "day_year": str(tomorrow.year),
        "clock": "4:20pm",
    }
    text = client.post(path(world.concern, "task/"), typed, follow=True).content.decode()
    assert "Ring the school" in text
    task = world.concern.tasks.get()
    world.concern.tasks.update(due_at=now - timedelta(hours=1))
    assert "Overdue: 1 hour late" in client.get("/concerns/work/").content.decode()
    cancel = path(world.concern, f"task/{task.pk}/cancel/")
    assert client.post(cancel, {"note": ""}).status_code == 422
    client.post(path(world.concern, f"task/{task.pk}/done/"), {"note": "Rang"})
    task.refresh_from_db()
    assert (task.state, task.end_note) == ("done", "Rang")


def test_my_work_takes_as_many_statements_for_30_tasks_as_for_one(world: World) -> None:
    client = client_of(world.owner)
    client.get("/concerns/work/")
    counts = []
    for many in (1, 29):
        for _ in range(many):
            tasks.add_task(world.concern.pk, world.owner, "Ring", world.owner.pk, None, NOON)
        counts.append(statements(client, "/concerns/work/"))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("section", ["decide", "notes"])
def test_a_section_takes_as_many_statements_for_30_rows_as_for_one(section: str) -> None:
    world = ready("resume")
    client = client_of(world.owner)
    client.get("/concerns/")
    one = statements(client, path(world.concern, f"{section}/"))
    for number in range(15):
        act("resume" if number % 2 == 0 else "hold", world, world.owner)
        tasks.add_task(world.concern.pk, world.owner, "Ring", world.owner.pk, None, NOON)
    assert one == statements(client, path(world.concern, f"{section}/")) <= 12


def nothing(concern: Concern, owner: User) -> None:
    pass


def a_referral(concern: Concern, owner: User) -> None:
    make_referral(concern, escalate_at=LATER + timedelta(minutes=12))


def returned(concern: Concern, owner: User) -> None:
    make_referral(concern, state="returned")


def a_call(concern: Concern, owner: User) -> None:
    Call.objects.create(concern=concern, agency_slug="lado", due_at=LATER, recorded_at=NOON)


def override(concern: Concern, owner: User) -> None:
    make_referral(concern, state="done", marks=["override_reason_needed"])


def late_task(concern: Concern, owner: User) -> None:
    Concern.objects.filter(pk=concern.pk).update(task_due_at=NOON)


def review(concern: Concern, owner: User) -> None:
    Clock.objects.create(
        concern=concern, slug="hold_review", label="L", due_at=NOON, why="w", source="s"
    )


def asked(concern: Concern, owner: User) -> None:
    Concern.objects.filter(pk=concern.pk).update(approval_asked_at=NOON)


def offered(concern: Concern, owner: User) -> None:
    make_referral(concern, agency_slug="lado", state="offered")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (nothing, None),
        (a_referral, "Birmingham Children's Trust has not accepted: due in 12 minutes"),
        (returned, "returned it: decide who has it now"),
        (a_call, "Call"),
        (override, "Write why"),
        (late_task, "A task is overdue: 20 minutes late"),
        (review, "Look at it again: 20 minutes late"),
        (asked, "Another lead has to agree to closing it"),
        (offered, "Decide about"),
    ],
)
def test_the_next_thing_to_do_is_said_in_words(prepare: object, words: str | None) -> None:
    team = make_team()
    owner = make_lead(team)
    concern = owned_by(owner, team=team)
    prepare(concern, owner)  # type: ignore[operator]
    concern.refresh_from_db()
    found = next_action(concern_head(concern), LATER)
    if words is None:
        assert found is None
        return
    assert found is not None
    assert words in str(found["text"]).replace("’", "'")
    if prepare in {a_referral, returned}:
        assert found["number"] == "0121 303 1888"


def test_a_closed_concern_asks_for_nothing_and_says_how_to_reopen() -> None:
    team = make_team()
    lead = make_lead(team)
    concern = make_concern(
        team, state="closed", owner=lead, taken_at=NOON, closed_at=NOON, outcome="advice_given"
    )
    make_referral(concern, state=Referral.State.DONE)
    text = client_of(lead).get(path(concern, "decide/")).content.decode()
    assert "Advice given" in text
    assert "Reopen this concern" in text
    assert next_action(concern_head(concern), LATER) is None


def test_a_decision_form_that_was_open_while_a_colleague_acted_shows_what_changed_first(
    db: None,
) -> None:
    team = make_team()
    lead, colleague = make_lead(team), make_lead(team, full_name="Col League")
    concern = make_concern(team, owner=lead, taken_at=NOON, state="in_triage")
    desk, path = client_of(lead), f"/concerns/{concern.reference}/priority/"
    page = desk.get(path)
    seen = page.context["seen"]
    add_note(concern.pk, colleague, "The school rang", NOON)
    typed = {"priority": "1", "reason": "He has a knife", "version": "1", "seen": seen}
    first = desk.post(path, typed)
    text = first.content.decode()
    assert first.status_code == 422
    assert "This concern changed while you were writing" in text
    assert "Note added by Col League" in text
    assert "He has a knife" in text
    again = typed | {"seen": first.context["seen"], "version": str(concern.version)}
    assert desk.post(path, again).status_code == 302
    concern.refresh_from_db()
    assert concern.priority == 1
