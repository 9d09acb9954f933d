"""What leads say of pairs and links: any decision can be undone, in any order, and is kept."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from concerns.models import (
    Concern,
    ConcernLink,
    Involvement,
    MatchCandidate,
    MatchDecision,
    MatchKey,
    Person,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.links import decide_link, link_concerns
from concerns.services.people import compare_people, decide_match, tied_to
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.audit.models import Event
from tests.factories import NOON, make_concern, make_lead, make_report, make_team
from tests.people.makers import client_of, give_key, known, pair_of

YES, NO, PARKED = (
    MatchCandidate.State.CONFIRMED,
    MatchCandidate.State.REJECTED,
    MatchCandidate.State.PARKED,
)


@pytest.fixture
def team(db: None) -> Team:
    """Return a team."""
    return make_team()


@pytest.fixture
def lead(team: Team) -> User:
    """Return its lead."""
    return make_lead(team)


@pytest.fixture
def pair(team: Team) -> MatchCandidate:
    """Return a pair that the minute task found."""
    first, second = make_concern(team), make_concern(team)
    give_key(first, known())
    give_key(second, known())
    return pair_of(first, second)


def newest(pair: MatchCandidate) -> int:
    """Return the newest decision on a pair, or 0."""
    found = pair.decisions.first()
    return found.pk if found else 0


def test_nothing_is_merged_by_itself(pair: MatchCandidate) -> None:
    assert pair.state == MatchCandidate.State.OPEN
    assert not Person.objects.exists()


def test_a_confirmed_pair_is_one_person_and_the_reports_stay_as_they_were(
    pair: MatchCandidate, lead: User
) -> None:
    before = list(Involvement.objects.values())
    decide_match(pair.pk, lead, YES, "Same school and mother", 0, NOON)
    person = Person.objects.get()
    assert set(person.keys.values_list("pk", flat=True)) == {pair.left_id, pair.right_id}
    assert list(Involvement.objects.values()) == before


def test_every_decision_is_kept_with_who_why_and_when(pair: MatchCandidate, lead: User) -> None:
    for state, reason in ((PARKED, "Asked the school"), (YES, "They said so"), (NO, "Twins")):
        decide_match(pair.pk, lead, state, reason, newest(pair), NOON)
    said = list(pair.decisions.values_list("state", "reason", "made_by"))
    assert said == [
        ("rejected", "Twins", lead.pk),
        ("confirmed", "They said so", lead.pk),
        ("parked", "Asked the school", lead.pk),
    ]
    names = ["match.parked", "match.confirmed", "person.joined", "match.rejected", "person.parted"]
    assert list(Event.objects.order_by("pk").values_list("name", flat=True)) == names


def test_a_double_click_changes_nothing_and_a_decision_that_was_overtaken_loses(
    pair: MatchCandidate, lead: User, team: Team
) -> None:
    for _ in range(2):
        decide_match(pair.pk, lead, YES, "Same school", 0, NOON)
    assert pair.decisions.count() == 1
    with pytest.raises(ConflictError):
        decide_match(pair.pk, make_lead(team), NO, "Twins", 0, NOON)
    pair.refresh_from_db()
    assert pair.state == YES


def test_the_page_keeps_what_was_typed_when_somebody_decided_meanwhile(
    pair: MatchCandidate, lead: User, team: Team
) -> None:
    reference = pair.left.concern.reference
    decide_match(pair.pk, make_lead(team, full_name="Pat Quick"), NO, "Twins", 0, NOON)
    path = f"/concerns/{reference}/match/{pair.pk}/"
    typed = {"state": "confirmed", "reason": "The school told me", "seen": "0"}
    answer = client_of(lead).post(path, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Someone decided about these two while you were reading" in text
    assert "The school told me" in text
    assert "Pat Quick" in text
    seen = str(newest(pair))
    assert client_of(lead).post(path, {**typed, "seen": seen}).status_code == 302


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({}, 422),
        ({"state": "open", "reason": "x"}, 422),
        ({"state": "confirmed", "reason": ""}, 422),
        ({"state": "confirmed", "reason": "x" * 200_000}, 422),
        ({"state": "confirmed", "reason": "\x00"}, 422),
        ({"state": "confirmed", "reason": "x", "seen": "7"}, 422),
        ({"state": "confirmed", "reason": "x", "seen": "9" * 40}, 302),
        ({"state": "confirmed", "reason": "x", "seen": "²"}, 302),
    ],
)
def test_bad_input_is_told_and_changes_nothing(
    pair: MatchCandidate, lead: User, data: dict[str, str], status: int
) -> None:
    path = f"/concerns/{pair.left.concern.reference}/match/{pair.pk}/"
    assert client_of(lead).post(path, data).status_code == status
    pair.refresh_from_db()
    assert (pair.state == YES) == (status == 302)


@pytest.mark.parametrize("number", [0, 999_999_999, 9_999_999_999_999_999_999])
@pytest.mark.parametrize("page", ["match", "link"])
def test_an_unknown_or_foreign_id_is_404(
    pair: MatchCandidate, lead: User, team: Team, number: int, page: str
) -> None:
    other = make_concern(team)
    for concern, pk in ((pair.left.concern, number), (other, pair.pk)):
        answer = client_of(lead).get(f"/concerns/{concern.reference}/{page}/{pk}/")
        assert answer.status_code == 404


def test_a_lead_who_knows_better_puts_two_people_side_by_side(lead: User, team: Team) -> None:
    first, second = make_concern(team), make_concern(team)
    give_key(first, known("Robin Example"))
    give_key(second, known("Sam Other", born=None))
    client = client_of(lead)
    answer = client.post(
        f"/concerns/{first.reference}/link/",
        {"other": second.reference.lower(), "kind": "same_person", "why": "The mother told me"},
    )
    assert answer["Location"].endswith(f"/same-person/{second.reference}/")
    keys = {
        "here": MatchKey.objects.get(concern=first).pk,
        "there": MatchKey.objects.get(concern=second).pk,
    }
    answer = client.post(answer["Location"], keys)
    pair = pair_of(first, second)
    assert answer["Location"].endswith(f"/match/{pair.pk}/")
    assert "Different name" in client.get(answer["Location"]).content.decode()
    assert compare_people(keys["there"], keys["here"], lead, NOON) == pair


def test_two_people_of_one_report_and_one_that_still_waits_are_not_compared(
    lead: User, team: Team
) -> None:
    report = make_report()
    same = give_key(make_concern(team, report), known())
    other = make_concern(team, report)
    key = give_key(other, known("Kim Example"))
    MatchKey.objects.filter(pk=key.pk).update(reported_as="person.2", root=key.pk)
    with pytest.raises(NotAllowedError, match="one report"):
        compare_people(same.pk, key.pk, lead, NOON)
    late = make_concern(team)
    waiting = give_key(late, known())
    MatchKey.objects.filter(pk=waiting.pk).update(root=None)
    with pytest.raises(NotAllowedError, match="Try again"):
        compare_people(same.pk, waiting.pk, lead, NOON)


@pytest.mark.parametrize(
    "model", [MatchDecision, MatchCandidate, MatchKey, ConcernLink, Person], ids=str
)
def test_the_database_keeps_what_was_said(
    pair: MatchCandidate, lead: User, model: type[MatchDecision]
) -> None:
    decide_match(pair.pk, lead, YES, "Same school", 0, NOON)
    concerns = Concern.objects.order_by("pk")
    link_concerns(concerns[0], concerns[1], lead, "siblings", "Twins", NOON)
    row = model.objects.all()[0]
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
    if model is MatchDecision:
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.update(reason="Another story")


def test_a_link_is_made_unmade_and_made_again_and_each_reason_is_kept(
    lead: User, team: Team
) -> None:
    first, second = make_concern(team), make_concern(team)
    link = link_concerns(second, first, lead, "siblings", "Twins", NOON)
    assert (link.first, link.second) == (first, second)
    with pytest.raises(NotAllowedError, match="already"):
        link_concerns(first, second, lead, "siblings", "Twins", NOON)
    off = decide_link(link.pk, lead, "rejected", "Cousins", NOON)
    assert decide_link(link.pk, lead, "rejected", "Cousins", NOON) == off
    with pytest.raises(ConflictError):
        decide_link(link.pk, lead, "parked", "Asking", NOON)
    decide_link(off.pk, lead, "linked", "The register says so", NOON)
    rows = ConcernLink.objects.order_by("pk").values_list("state", "why", "ended_at")
    assert [(state, why, ended is None) for state, why, ended in rows] == [
        ("linked", "Twins", False),
        ("rejected", "Cousins", False),
        ("linked", "The register says so", True),
    ]


def test_a_concern_is_not_linked_to_itself(lead: User, team: Team) -> None:
    concern = make_concern(team)
    with pytest.raises(NotAllowedError, match="same concern"):
        link_concerns(concern, concern, lead, "other", "x", NOON)


SIZE = 6


class WhoIsWho(RuleBasedStateMachine):
    """Leads confirm and undo pairs in any order; the people are always those the pairs make."""

    @initialize()
    def begin(self) -> None:
        """Put six reports about one name before one lead."""
        team = make_team()
        self.lead = make_lead(team)
        self.roots = [give_key(make_concern(team), known()).pk for _ in range(SIZE)]
        self.edges: set[tuple[int, int]] = set()
        self.count = 0

    @rule(
        a=st.integers(0, SIZE - 1),
        b=st.integers(0, SIZE - 1),
        state=st.sampled_from([YES, YES, NO, PARKED]),
    )
    def decide(self, a: int, b: int, state: str) -> None:
        """Say something of two people."""
        if a == b:
            return
        left, right = sorted((self.roots[a], self.roots[b]))
        pair = MatchCandidate.objects.get(left=left, right=right)
        self.count += 1
        decide_match(pair.pk, self.lead, state, f"Reason {self.count}", newest(pair), NOON)
        if state == YES:
            self.edges.add((left, right))
        else:
            self.edges.discard((left, right))

    @invariant()
    def people_follow_from_the_pairs(self) -> None:
        """Compare the rows with a model that knows nothing but the pairs."""
        if not hasattr(self, "edges"):
            return
        groups = {root: {root} for root in self.roots}
        for left, right in self.edges:
            joined = groups[left] | groups[right]
            groups.update(dict.fromkeys(joined, joined))
        person = dict(MatchKey.objects.values_list("pk", "person"))
        for root in self.roots:
            alone = len(groups[root]) == 1
            assert (person[root] is None) == alone
            same = {other for other in self.roots if person[other] == person[root]}
            assert alone or same == groups[root]
            assert tied_to(root) == groups[root]


def test_any_decision_can_be_undone_in_any_order(db: None) -> None:
    run_state_machine_as_test(
        WhoIsWho, settings=settings(max_examples=8, stateful_step_count=12, deadline=None)
    )
