"""Who may know that two people may be one: sentences about restricted and excluded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from concerns.models import AccessGrant, Concern, ConcernLink, Exclusion, MatchCandidate
from concerns.selectors.links import link_marks, links_of
from concerns.selectors.people import person_matches, with_people
from concerns.services.links import decide_link, link_concerns
from concerns.services.people import compare_people, decide_match
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.audit.models import Event
from tests.factories import NOON, give_role, make_concern, make_lead, make_team, make_user
from tests.people.makers import client_of, give_key, known, pair_of

pytestmark = pytest.mark.django_db
YES = MatchCandidate.State.CONFIRMED


@pytest.fixture
def team() -> Team:
    """Return a team for children."""
    return make_team()


@pytest.fixture
def lead(team: Team) -> User:
    """Return its lead."""
    return make_lead(team, full_name="Casey Childlead")


def concern_of(team: Team, **fields: Any) -> Concern:
    """Return a concern about Robin Example, compared with all before it."""
    concern = make_concern(team, **fields)
    give_key(concern, known())
    return concern


def pages(user: User, concern: Concern) -> str:
    """Return what the person reads of the concern, section by section."""
    client = client_of(user)
    return "".join(
        client.get(f"/concerns/{concern.reference}/{section}/").content.decode()
        for section in ("overview", "people", "links", "chronology")
    )


def keep_out(user: User, concern: Concern) -> None:
    """Exclude the person from the report."""
    Exclusion.objects.create(
        report=concern.report,
        user=user,
        kind=Exclusion.Kind.EXCLUDED,
        reason=Exclusion.Reason.NAMED,
    )


def test_a_lead_sees_that_two_reports_may_be_about_one_child_and_why(
    team: Team, lead: User
) -> None:
    first, second = concern_of(team), concern_of(team)
    for one, other in ((first, second), (second, first)):
        text = pages(lead, one)
        assert other.reference in text
        assert "Same date of birth" in text


def test_a_match_with_a_concern_of_another_team_is_not_shown(team: Team, lead: User) -> None:
    first, second = concern_of(team), concern_of(make_team())
    assert pair_of(first, second)
    text = pages(lead, first)
    assert second.reference not in text
    assert "May be the same person" not in text
    assert "may be about" not in text


def test_a_match_with_a_restricted_record_is_a_blind_signal_to_the_corporate_lead_alone(
    team: Team, lead: User
) -> None:
    first, second = concern_of(team), concern_of(team, restricted=True)
    holder, corporate, director = make_user(full_name="Hana Holder"), make_user(), make_user()
    AccessGrant.objects.create(
        concern=second, user=holder, reason="named", granted_at=NOON - timedelta(hours=1)
    )
    give_role(corporate, Role.CORPORATE_LEAD)
    give_role(director, Role.DCS)
    signal = "A restricted record may concern somebody here: ask Hana Holder."
    assert signal in pages(corporate, first)
    for user in (lead, director):
        assert "restricted record" not in pages(user, first)
    for user in (lead, corporate, director):
        assert second.reference not in pages(user, first)


def test_the_signal_goes_silent_for_an_excluded_corporate_lead_and_for_a_refused_match(
    team: Team, lead: User
) -> None:
    first, second = concern_of(team), concern_of(team, restricted=True)
    out, corporate = make_user(), make_user()
    give_role(out, Role.CORPORATE_LEAD)
    give_role(corporate, Role.CORPORATE_LEAD)
    keep_out(out, second)
    assert "restricted record" not in pages(out, first)
    assert "restricted record" in pages(corporate, first)
    MatchCandidate.objects.update(state="rejected")
    assert "restricted record" not in pages(corporate, first)


def test_whoever_is_named_on_the_access_list_of_a_restricted_record_sees_its_matches(
    team: Team, lead: User
) -> None:
    first, second = concern_of(team), concern_of(team, restricted=True)
    AccessGrant.objects.create(
        concern=second, user=lead, reason="named", granted_at=NOON - timedelta(hours=1)
    )
    assert first.reference in pages(lead, second)
    assert second.reference in pages(lead, first)


@pytest.mark.parametrize("kind", list(Exclusion.Kind))
def test_an_excluded_lead_finds_no_trace_no_count_no_row_no_match(team: Team, kind: str) -> None:
    watcher, other = make_lead(team), make_lead(team)
    first, second = concern_of(team), concern_of(team)
    keep_out(watcher, second)
    Exclusion.objects.update(kind=kind)
    before = pages(watcher, first)
    pair = pair_of(first, second)
    decide_match(pair.pk, other, YES, "Same school", 0, NOON)
    link_concerns(first, second, other, "household", "They live together", NOON)
    after = pages(watcher, first)
    for text in (before, after):
        assert second.reference not in text
        assert "same person" not in text.lower()
        assert "linked concern<" not in text
    assert link_marks([first.pk], watcher, NOON)[first.pk].linked == 0
    assert link_marks([first.pk], other, NOON)[first.pk].linked == 1
    assert links_of(first, watcher, NOON) == []
    assert person_matches(with_people(first), watcher, NOON).shown == []


def test_who_sees_one_side_only_can_neither_open_decide_nor_make_a_match_or_link(
    team: Team, lead: User
) -> None:
    first, second = concern_of(team), concern_of(make_team())
    pair, corporate = pair_of(first, second), make_user()
    give_role(corporate, Role.CORPORATE_LEAD)
    link = link_concerns(first, second, corporate, "household", "They live together", NOON)
    client = client_of(lead)
    for path in (f"match/{pair.pk}/", f"link/{link.pk}/", f"same-person/{second.reference}/"):
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/concerns/{first.reference}/{path}")
            assert answer.status_code == 404
    with pytest.raises(Http404):
        decide_match(pair.pk, lead, YES, "I know", 0, NOON)
    with pytest.raises(Http404):
        decide_link(link.pk, lead, "rejected", "I know", NOON)
    with pytest.raises(Http404):
        compare_people(pair.left_id, pair.right_id, lead, NOON)
    with pytest.raises(Http404):
        link_concerns(first, second, lead, "setting", "I know", NOON)
    answer = client.post(
        f"/concerns/{first.reference}/link/",
        {"other": second.reference, "kind": "household", "why": "I know"},
    )
    assert answer.status_code == 422
    assert "You can see no concern with that reference" in answer.content.decode()


def test_a_tie_through_a_record_that_is_not_visible_does_not_exist(team: Team, lead: User) -> None:
    """A is B and B is C; who cannot see B must not learn that A is C."""
    first, hidden, third = concern_of(team), concern_of(make_team()), concern_of(team)
    corporate = make_user()
    give_role(corporate, Role.CORPORATE_LEAD)
    for other in (first, third):
        pair = pair_of(hidden, other)
        decide_match(pair.pk, corporate, YES, "Same NHS number", 0, NOON)
    ids = [first.pk, hidden.pk, third.pk]
    assert [marks.linked for marks in link_marks(ids, lead, NOON).values()] == [0, 0, 0]
    assert [marks.linked for marks in link_marks(ids, corporate, NOON).values()] == [2, 2, 2]


def test_decisions_leave_events_but_none_in_the_chronology_of_one_side(
    team: Team, lead: User
) -> None:
    first, second = concern_of(team), concern_of(team)
    pair = pair_of(first, second)
    decide_match(pair.pk, lead, YES, "Same school", 0, NOON)
    link = link_concerns(first, second, lead, "duplicate", "One report twice", NOON)
    names = ["match.confirmed", "person.joined", "link.made"]
    events = list(Event.objects.filter(name__in=names).order_by("pk"))
    assert [event.name for event in events] == names
    assert {event.concern_id for event in events} == {None}
    assert [event.object_id for event in events] == [str(pair.pk), str(pair.pk), str(link.pk)]


def test_comparing_two_people_is_a_reading_of_both_records(team: Team, lead: User) -> None:
    first, second = concern_of(team), concern_of(team)
    pair = pair_of(first, second)
    client_of(lead).get(f"/concerns/{first.reference}/match/{pair.pk}/")
    read = Event.objects.filter(name="concern.viewed", actor=lead)
    assert set(read.values_list("concern_id", flat=True)) == {first.pk, second.pk}


def test_marks_of_the_queue_take_one_statement_for_1_and_for_30_concerns(
    team: Team, lead: User
) -> None:
    concerns = [concern_of(team) for _ in range(4)]
    for other in concerns[1:]:
        decide_match(pair_of(concerns[0], other).pk, lead, YES, "Same child", 0, NOON)
    many = [*concerns, *(make_concern(team) for _ in range(26))]
    for asked in (many[:1], many):
        with CaptureQueriesContext(connection) as captured:
            marks = link_marks([concern.pk for concern in asked], lead, NOON)
        assert len(captured) == 1
    assert [(marks[item.pk].linked, marks[item.pk].repeats) for item in concerns] == [
        (3, 0),
        (3, 1),
        (3, 2),
        (3, 3),
    ]
    assert ConcernLink.objects.filter(kind="duplicate", state="suggested").exists()


def test_a_concern_of_thirteen_months_ago_is_linked_but_makes_no_repeat(
    team: Team, lead: User
) -> None:
    old = concern_of(team, received_at=NOON - timedelta(days=396))
    new = concern_of(team)
    decide_match(pair_of(old, new).pk, lead, YES, "Same child", 0, NOON)
    marks = link_marks([new.pk], lead, NOON)[new.pk]
    assert (marks.linked, marks.repeats) == (1, 0)
    assert "Repeat" not in pages(lead, new)
    Concern.objects.filter(pk=old.pk).update(received_at=NOON - timedelta(days=364))
    assert link_marks([new.pk], lead, NOON)[new.pk].repeats == 1
    assert "Repeat" in pages(lead, new)
