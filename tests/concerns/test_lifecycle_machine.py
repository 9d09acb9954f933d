"""The lifecycle under many hands: whatever they do in whatever order, nothing is lost or skipped.

A hypothesis machine drives the services as several people at once and checks the record after each
step; and two leads decide in the same instant, in two real threads on a database of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connections, transaction
from django.http import Http404
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from concerns.models import Approval, Clock, Concern, Decision, Referral
from concerns.rules.lifecycle import BY_SLUG, Ledger, state_of
from concerns.services import decide, tasks
from concerns.services.errors import ConflictError, ServiceError
from concerns.services.reclassify import Choice
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.audit.models import Event
from tests.factories import (
    NOON,
    make_concern,
    make_lead,
    make_referral,
    make_report,
    make_team,
    make_user,
)
from tests.triage.acts import World, act

OUTCOMES = ["no_further_action", "no_further_action", "early_help", "accepted_by_agency"]
# Mostly who can: a machine whose every try is refused would prove nothing.
WHO = st.sampled_from(["owner", "owner", "owner", "owner", "owner", "other", "third"])


class Lifecycle(RuleBasedStateMachine):
    """One child's concern with two referrals, three leads, an excluded lead and an outsider."""

    sent: Referral | None
    offered: Referral | None

    def __init__(self) -> None:
        super().__init__()
        self.now, self.seen, self.made = NOON, 0, 0

    @initialize(taken=st.sampled_from([True, True, True, False]), referred=st.booleans())
    def open_a_concern(self, taken: bool, referred: bool) -> None:
        # For both groups, so that deciding again never takes it out of these people's sight.
        team = make_team(Team.Group.BOTH)
        self.leads = [make_lead(team) for _ in range(3)]
        filed = {"people": [{"group": "child", "categories": ["neglect"]}]}
        self.concern = make_concern(team, report=make_report(assessment=filed))
        self.excluded = make_lead(team)
        self.concern.report.exclusions.create(user=self.excluded, kind="excluded", reason="named")
        self.outsider = make_user()
        Clock.objects.create(
            concern=self.concern,
            slug="priority",
            label="First contact made",
            due_at=NOON + timedelta(hours=8),
            why="w",
            source="s",
        )
        self.world = World(self.concern, self.leads[0])
        self.sent = self.offered = None
        if referred:
            self.sent = make_referral(self.concern)
            self.offered = make_referral(self.concern, agency_slug="prevent", state="offered")
        if taken:
            act("take", self.world, self.leads[0], self.now)

    def person(self, who: str) -> User:
        """Return the owner (the first lead while there is none), or one of the others."""
        owner = self.concern.owner or self.leads[0]
        others = [lead for lead in self.leads if lead != owner]
        return {"owner": owner, "other": others[0], "third": others[1]}[who]

    def attempt(
        self, slug: str, who: str, referral: Referral | None = None, **given: object
    ) -> None:
        """Try a transition; whoever is kept out never succeeds, and a refusal changes nothing."""
        self.now += timedelta(minutes=5)
        self.world.referral = referral
        self.world.concern.refresh_from_db()
        self.world.approval = self.concern.approvals.last()
        before, decisions = self.world.version, Decision.objects.count()
        events = Event.objects.filter(concern_id=self.concern.pk).count()
        if BY_SLUG[slug].permission != "agency":
            kept_out = self.excluded if before % 2 else self.outsider
            with pytest.raises((Http404, ServiceError)), transaction.atomic():
                act(slug, self.world, kept_out, self.now, **given)
        try:
            with transaction.atomic():
                act(slug, self.world, self.person(who), self.now, **given)
        except (ServiceError, Http404):
            assert self.world.version == before
            assert Decision.objects.count() == decisions
            assert Event.objects.filter(concern_id=self.concern.pk).count() == events
            return
        self.made += 1
        assert self.world.version > before
        assert Event.objects.filter(concern_id=self.concern.pk).count() > events
        if slug not in {"accept", "return", "do_by_hand"}:
            assert Decision.objects.count() == decisions + 1

    @rule(slug=st.sampled_from(["take", "resume", "withdraw_close", "reopen"]), who=WHO)
    def simple(self, slug: str, who: str) -> None:
        self.attempt(slug, who)

    @rule(slug=st.sampled_from(["approve_close", "refuse_close"]), who=WHO)
    def answer(self, slug: str, who: str) -> None:
        self.attempt(slug, who)

    @rule(slug=st.sampled_from(["accept", "return"]), who=WHO, first=st.booleans())
    def agency(self, slug: str, who: str, first: bool) -> None:
        referral = self.sent if first else self.offered
        if referral is not None:
            self.attempt(slug, who, referral)

    @rule(send=st.booleans(), who=WHO)
    def offer(self, send: bool, who: str) -> None:
        if self.offered is not None:
            self.attempt("refer" if send else "set_aside", who, self.offered)

    @rule(outcome=st.sampled_from(OUTCOMES), who=WHO)
    def close(self, outcome: str, who: str) -> None:
        self.attempt("close", who, outcome=outcome)

    @rule(days=st.integers(1, 32), who=WHO)
    def hold(self, days: int, who: str) -> None:
        self.attempt("hold", who, until=self.now + timedelta(days=days))

    @rule(lower=st.booleans(), who=WHO)
    def priority(self, lower: bool, who: str) -> None:
        wanted = self.concern.priority + (1 if lower else -1)
        if 1 <= wanted <= 4:
            self.attempt("lower_priority" if lower else "raise_priority", who)

    @rule(who=WHO, told=st.booleans(), group=st.sampled_from(["child", "neither"]))
    def reclassify(self, who: str, told: bool, group: str) -> None:
        agencies = frozenset({"childrens-social-care"} if told else ())
        choice = Choice(group, ("neglect",), self.concern.priority, agencies)
        self.attempt("reclassify", who, choice=choice)

    @rule(who=WHO, done=st.booleans())
    def task(self, who: str, done: bool) -> None:
        lead = self.person(who)
        waiting = self.concern.tasks.still_open().first()
        try:
            with transaction.atomic():
                if waiting is None:
                    due_at = self.now + timedelta(hours=2)
                    tasks.add_task(self.concern.pk, lead, "Ring", lead.pk, due_at, self.now)
                else:
                    tasks.end_task(waiting.pk, lead, done=done, note="So", now=self.now)
        except ServiceError:
            self.concern.refresh_from_db()
            assert self.concern.state == "closed"

    @rule(hours=st.integers(1, 72))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        tasks.remind_due(self.now)

    @invariant()
    def custody_holds(self) -> None:
        self.concern.refresh_from_db()
        concern = self.concern
        referrals = tuple(concern.referrals.values_list("state", flat=True))
        # Never closed over something open, nor over a question to a second lead.
        if concern.state == "closed":
            assert not set(referrals) & {*Referral.OPEN_STATES, "offered"}
            assert not concern.calls.still_due().exists()
            assert not concern.tasks.still_open().exists()
            assert not concern.approvals.filter(state=Approval.State.WAITING).exists()
            assert concern.outcome
            assert concern.closed_at
        else:
            # Somebody answers for it, or a clock of it runs; advice (P4) has no due time.
            assert concern.owner_id or concern.next_due_at or concern.priority == 4
        # The state is what the ledger means, and waiting is what the request says.
        ledger = Ledger(concern.state == "closed", concern.owner_id is not None, referrals)
        assert concern.state == state_of(ledger)
        waits = concern.approvals.filter(state=Approval.State.WAITING).exists()
        assert waits == (concern.approval_asked_at is not None)
        # A child with a category of abuse is closed without action by two people only.
        for decision in concern.decisions.filter(kind="close"):
            assert decision.after["outcome"] in {"accepted_by_agency", "early_help"}
        # Nor can one of them first decide, alone, that it is no child.
        for approval in concern.approvals.filter(state=Approval.State.APPROVED):
            assert approval.answered_by_id != approval.asked_by_id
        assert concern.version >= self.seen
        self.seen = concern.version


@pytest.mark.django_db
def test_whatever_several_people_do_custody_holds() -> None:
    made: list[int] = []

    class Run(Lifecycle):
        def teardown(self) -> None:
            made.append(self.made)

    settings_of_ours = settings(
        max_examples=10,
        stateful_step_count=20,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        # Shrinking takes minutes with a database behind it; the steps that failed are printed.
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(Run, settings=settings_of_ours)
    # A machine whose every try is refused would prove nothing.
    assert sum(made) > 20


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run the acts in threads that start together; return what each returned or raised."""
    barrier = Barrier(len(acts))
    results: list[object] = [None] * len(acts)

    def run(place: int) -> None:
        barrier.wait(10)
        try:
            results[place] = acts[place]()
        except (ServiceError, Http404) as refusal:
            results[place] = refusal
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.usefixtures("own_database")
@pytest.mark.parametrize(
    ("first", "second"), [("take", "take"), ("hold", "close"), ("raise_priority", "reclassify")]
)
def test_of_two_leads_who_decide_at_once_one_wins_and_the_other_is_told(
    first: str, second: str
) -> None:
    team = make_team()
    owner, other = make_lead(team), make_lead(team)
    fields: dict[str, Any] = {"group": "adult_at_risk", "categories": ["financial"], "priority": 3}
    held: dict[str, Any] = (
        {} if first == "take" else {"owner": owner, "taken_at": NOON, "state": "in_triage"}
    )
    concern = make_concern(team, **fields, **held)
    deciders: tuple[User, User] = (owner, other if first in {"take", "raise_priority"} else owner)
    if first == "raise_priority":
        deciders = (other, owner)
    worlds = [World(Concern.objects.get(pk=concern.pk), owner) for _ in range(2)]
    results = at_once(
        lambda: act(first, worlds[0], deciders[0], version=1),
        lambda: act(second, worlds[1], deciders[1], version=1),
    )
    lost = [result for result in results if isinstance(result, ConflictError)]
    assert len(lost) == 1, results
    assert "Someone changed this concern" in str(lost[0])
    concern.refresh_from_db()
    assert (concern.version, concern.decisions.count()) == (2, 1)


@pytest.mark.usefixtures("own_database")
def test_two_leads_who_agree_at_once_close_it_once() -> None:
    team = make_team()
    owner = make_lead(team)
    others = [make_lead(team), make_lead(team)]
    concern = make_concern(team, owner=owner, taken_at=NOON, state="in_triage")
    closing = decide.Closing("no_further_action", "Nothing found")
    decide.close_concern(concern.pk, owner, closing, 1, NOON)
    approval = concern.approvals.get()

    def agree(lead: User) -> Callable[[], object]:
        return lambda: decide.answer_closing(
            approval.pk, lead, agree=True, reason="Looked at it", version=2, now=NOON
        )

    results = at_once(*(agree(lead) for lead in others))
    assert sum(isinstance(result, Approval) for result in results) == 1, results
    concern.refresh_from_db()
    assert (concern.state, concern.version) == ("closed", 3)
