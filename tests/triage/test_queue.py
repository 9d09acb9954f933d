"""The queue: views, filters, many at once, refreshing in place, news, presence, conflicts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.access import scope_of, visible_branches, visible_concerns, visible_within
from concerns.models import (
    AccessGrant,
    Bundle,
    Concern,
    Decision,
    Exclusion,
    FilterWatch,
    Note,
    SavedFilter,
    TriagePreference,
)
from concerns.selectors.queue import VIEWS, triage_queue
from concerns.services import bulk, saved_filters
from concerns.services.custody import take_concern
from concerns.triage.filters import as_querydict, chosen_in, seal, unseal, url_of
from concerns.triage.queue_filters import matching
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import (
    NOON,
    give_role,
    make_concern,
    make_lead,
    make_referral,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db
QUEUE = "/concerns/"


@pytest.fixture
def team() -> Team:
    """Return a team for children."""
    return make_team()


@pytest.fixture
def lead(team: Team) -> User:
    """Return its lead."""
    return make_lead(team, full_name="Ada Lead")


@pytest.fixture
def client(lead: User) -> Client:
    """Return the lead's browser."""
    return client_of(lead)


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    signed_in = Client()
    signed_in.force_login(user)
    return signed_in


def owned(team: Team, owner: User, **fields: Any) -> Concern:
    """Return a concern that somebody has taken."""
    return make_concern(team, owner=owner, taken_at=NOON, **fields)


def shown(client: Client, query: str = "") -> list[str]:
    """Return the references of a list, in its order."""
    text = client.get(f"{QUEUE}{query}").content.decode()
    return re.findall(r'name="shown" value="([^"]+)"', text)


def refs(*concerns: Concern) -> list[str]:
    """Return the references of concerns."""
    return [concern.reference for concern in concerns]


# --- Views ---------------------------------------------------------------------------------------


def test_each_view_shows_what_its_name_says(team: Team, lead: User, client: Client) -> None:
    now = timezone.now()
    late = owned(team, lead, next_due_at=now - timedelta(hours=1))
    free = make_concern(team, next_due_at=now + timedelta(hours=2))
    waiting = owned(team, make_lead(team), state="referred", next_due_at=now + timedelta(hours=3))
    closed = owned(team, lead, state="closed", closed_at=now, next_due_at=None)
    assert shown(client) == refs(late, free, waiting)
    assert shown(client, "?view=mine") == refs(late)
    assert shown(client, "?view=team") == refs(late, free, waiting)
    assert shown(client, "?view=unowned") == refs(free)
    assert shown(client, "?view=waiting") == refs(waiting)
    assert shown(client, "?view=overdue") == refs(late)
    assert shown(client, "?view=closed") == refs(closed)
    assert shown(client, "?view=everything") == refs(closed, waiting, free, late)
    assert shown(client, "?view=nonsense") == refs(late, free, waiting)


@pytest.mark.parametrize("view", list(VIEWS))
def test_an_empty_view_says_what_to_do(view: str, client: Client) -> None:
    text = client.get(f"{QUEUE}?view={view}").content.decode()
    assert "portal-empty" in text


@pytest.mark.parametrize("view", ["closed", "everything"])
def test_every_order_pages_through_everything_once(team: Team, lead: User, view: str) -> None:
    for number in range(65):
        make_concern(team, state="closed", closed_at=NOON + timedelta(hours=number % 7))
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = triage_queue(lead, NOON, view, cursor)
        seen += [concern.pk for concern in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 65


def test_the_parts_of_what_one_may_see_are_the_whole_and_share_no_row(team: Team) -> None:
    other, third = make_team(), make_team(Team.Group.ADULTS)
    concerns = [
        make_concern(one, restricted=bool(n % 2)) for n in range(4) for one in (team, other, third)
    ]
    people = [make_lead(team), make_lead(other), make_user(), make_user()]
    give_role(people[1], Role.LEAD, team)
    give_role(people[2], Role.DCS)
    for number, person in enumerate(people):
        for concern in concerns[number::3]:
            AccessGrant.objects.create(concern=concern, user=person, reason="x", granted_at=NOON)
        Exclusion.objects.create(
            report=concerns[number].report, user=person, kind="excluded", reason="named"
        )
    AccessGrant.objects.filter(pk__in=AccessGrant.objects.all()[:2]).update(expires_at=NOON)
    for person in people:
        scope = scope_of(person, NOON)
        whole = set(visible_concerns(person, NOON).values_list("pk", flat=True))
        parts = [item.pk for part in visible_branches(person, NOON, scope) for item in part]
        assert whole, person
        assert sorted(parts) == sorted(whole)
        assert set(visible_within(person, NOON, scope).values_list("pk", flat=True)) == whole
    leaver = make_lead(team, is_active=False)
    assert visible_branches(leaver, NOON, scope_of(leaver, NOON)) == []


def test_a_grant_is_found_even_if_an_older_copy_of_the_concern_is_saved_after_it(
    team: Team, lead: User
) -> None:
    concern = make_concern(team, restricted=True)
    AccessGrant.objects.create(concern=concern, user=lead, reason="x", granted_at=NOON)
    concern.priority = 1
    concern.save()
    assert triage_queue(lead, NOON).rows == [concern]


# --- Rows ----------------------------------------------------------------------------------------


def test_a_row_says_what_is_new_to_this_person(team: Team, lead: User, client: Client) -> None:
    concern = make_concern(team)
    assert "Not read by you" in client.get(QUEUE).content.decode()
    client.get(f"{QUEUE}{concern.reference}/")
    assert "Not read by you" not in client.get(QUEUE).content.decode()
    take_concern(concern.pk, make_lead(team), concern.version, timezone.now())
    assert "Changed since you read it" in client.get(QUEUE).content.decode()
    page = client.get(f"{QUEUE}{concern.reference}/").content.decode()
    assert "Since you last read it" in page
    assert "Taken by" in page
    assert "Changed since" not in client.get(f"{QUEUE}?view=all").content.decode()


def test_linked_concerns_count_only_those_that_one_may_see(
    team: Team, lead: User, client: Client
) -> None:
    first = make_concern(team)
    make_concern(team, first.report)
    make_concern(make_team(), first.report)
    assert "1 linked concern<" in client.get(QUEUE).content.decode()


def test_names_are_shown_to_whoever_asks_for_them_and_that_is_recorded(
    team: Team, lead: User, client: Client
) -> None:
    make_concern(team)
    assert "Robin" not in client.get(QUEUE).content.decode()
    client.post(
        f"{QUEUE}preferences/",
        {"show_names": "on", "shortcuts": "on", "digest": "off", "at": "8am"},
    )
    assert "Robin Example" in client.get(QUEUE).content.decode()
    names = set(Event.objects.values_list("name", flat=True))
    assert {"preference.changed", "queue.viewed", "queue.viewed_with_names"} <= names
    assert "Robin" not in client_of(make_lead(team)).get(QUEUE).content.decode()


def test_the_page_with_everything_on_takes_at_most_12_statements_for_1_and_30_rows(
    team: Team, lead: User, client: Client
) -> None:
    TriagePreference.objects.create(user=lead, show_names=True)
    SavedFilter.objects.create(owner=lead, name="A", query={}, created_at=NOON)
    make_referral(make_concern(team))

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len([item for item in captured if "SAVEPOINT" not in item["sql"]])

    paths = [QUEUE, f"{QUEUE}?priority=2&team={team.pk}&owner=nobody", f"{QUEUE}?view=everything"]
    one = [statements(path) for path in paths]
    for _ in range(29):
        make_referral(make_concern(team))
    assert [statements(path) for path in paths] == one
    assert max(one) <= 12


# --- Refreshing in place -------------------------------------------------------------------------


def refreshed(client: Client, query: str = "", **fields: Any) -> str:
    """Return what a list gets when it refreshes itself."""
    answer = client.get(f"{QUEUE}{query}", fields, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_refresh_changes_marks_in_place_and_new_rows_wait(
    team: Team, lead: User, client: Client
) -> None:
    old = make_concern(team)
    known = shown(client)
    take_concern(old.pk, make_lead(team, full_name="Bo Taker"), old.version, timezone.now())
    new = make_concern(team, priority=1)
    text = refreshed(client, shown=known, news="0")
    assert f'id="state-{old.reference}" hx-swap-oob="true"' in text
    assert "Bo Taker" in text
    assert "Show 1 new" in text
    assert new.reference not in text
    assert "<tr" not in text
    assert "queue-news" not in refreshed(client, shown=known, news="1")


def test_a_refresh_that_shows_the_same_adds_no_event(team: Team, client: Client) -> None:
    make_concern(team)
    known = shown(client)
    before = Event.objects.count()
    refreshed(client, shown=known)
    refreshed(client, shown=known)
    assert Event.objects.count() == before


def test_of_a_row_that_went_out_of_sight_a_refresh_leaves_a_dash(
    team: Team, lead: User, client: Client
) -> None:
    concern = make_concern(team)
    known = shown(client)
    Exclusion.objects.create(report=concern.report, user=lead, kind="excluded", reason="named")
    text = refreshed(client, shown=known)
    assert f'<div id="state-{concern.reference}" hx-swap-oob="true">–</div>' in text
    assert "P2" not in text


def test_a_refresh_with_forged_rows_shows_nothing_of_them(team: Team, client: Client) -> None:
    other = make_concern(make_team())
    text = refreshed(client, shown=[other.reference, "<script>", "x" * 99, "\x00"])
    assert "P2" not in text
    assert "<script>" not in text


# --- Filters -------------------------------------------------------------------------------------


def test_every_filter_narrows_to_what_it_says(team: Team, lead: User, client: Client) -> None:
    soon = timezone.now() + timedelta(hours=1)
    fields: dict[str, Any] = {"group": "adult_at_risk", "categories": ["financial"], "priority": 1}
    adult = make_concern(team, next_due_at=soon, **fields)
    other = owned(
        team, lead, state="in_triage", received_at=NOON - timedelta(days=30), next_due_at=soon
    )
    make_referral(other, agency_slug="police-non-emergency", state="to_do")
    make_referral(adult, state="returned")
    bundle = Bundle.objects.create(name="Road", created_by=lead, created_at=NOON)
    bulk.add_to_bundle(other.pk, lead, bundle, NOON)
    both = set(refs(adult, other))
    for query, wanted in {
        "priority=1": {adult.reference},
        "group=child": {other.reference},
        "category=financial&category=fgm": {adult.reference},
        "state=in_triage": {other.reference},
        "owner=me": {other.reference},
        "owner=nobody": {adult.reference},
        f"owner=nobody&owner={lead.pk}": both,
        f"team={team.pk}": both,
        "team=999999": set(),
        "directorate=999999": set(),
        "agency=police-non-emergency": {other.reference},
        "route=returned": {adult.reference},
        # One referral must fit both.
        "agency=police-non-emergency&route=returned": set(),
        "received_from_day=1&received_from_month=11&received_from_year=2026": {adult.reference},
        "received_to_day=1&received_to_month=11&received_to_year=2026": {other.reference},
        "overdue=on": set(),
        "restricted=on": set(),
        f"bundle={bundle.pk}": {other.reference},
    }.items():
        assert set(shown(client, f"?{query}")) == wanted, query


@pytest.mark.parametrize(
    "query",
    [
        "priority=9",
        "owner=abc",
        "owner=99999999999999999999",
        "team=%00",
        "words=forged",
        "received_from_day=99&received_from_month=x",
        "bundle=-1",
        "category=%F0%9F%99%82",
        "after=WzEsMl0=&priority=1",
    ],
)
def test_a_filter_that_makes_no_sense_breaks_nothing(
    team: Team, client: Client, query: str
) -> None:
    make_concern(team)
    assert client.get(f"{QUEUE}?{query}").status_code == 200


def test_a_filter_by_words_is_a_link_that_does_not_show_them(
    team: Team, lead: User, client: Client
) -> None:
    concern = make_concern(team)
    make_concern(team)
    answer = client.post(f"{QUEUE}filter/?view=mine", {"text": concern.reference, "priority": "2"})
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"{QUEUE}?view=mine&priority=2&words=")
    assert concern.reference not in answer["Location"]
    link = answer["Location"].replace("view=mine&", "")
    assert shown(client, link.removeprefix(QUEUE)) == refs(concern)
    assert unseal(seal("Robin")) == "Robin"
    assert unseal("x") == ""
    chosen = {"priority": ["1", "2"], "text": ["Robin & Sam"]}
    again = as_querydict(chosen)
    assert chosen_in(as_querydict_of(url_of(chosen))) == {
        name: again.getlist(name) for name in again
    }


def as_querydict_of(query: str) -> Any:
    """Read the query of a URL."""
    from django.http import QueryDict

    return QueryDict(query.removeprefix("?"))


def test_a_filter_form_keeps_what_was_typed_when_something_is_wrong(client: Client) -> None:
    answer = client.post(f"{QUEUE}filter/", {"text": "Robin", "received_from_day": "99"})
    assert answer.status_code == 422
    assert 'value="Robin"' in answer.content.decode()


def test_a_chip_takes_its_part_away(team: Team, lead: User, client: Client) -> None:
    text = client.get(f"{QUEUE}?priority=1&priority=2&owner={lead.pk}").content.decode()
    assert "P1 now" in text
    assert "Ada Lead" in text
    assert f'href="?priority=2&amp;owner={lead.pk}"' in text


# --- Saved filters and news ----------------------------------------------------------------------


def save(client: Client, name: str = "Urgent", query: str = "?priority=1", **fields: Any) -> Any:
    """Save a filter."""
    return client.post(f"{QUEUE}filter/save/{query}", {"name": name, **fields})


def test_a_filter_is_saved_shared_opened_and_removed(
    team: Team, lead: User, client: Client
) -> None:
    assert (
        save(client, query=f"?view=mine&words={seal('Robin')}", team=str(team.pk)).status_code
        == 302
    )
    kept = SavedFilter.objects.get()
    assert kept.query == {"text": ["Robin"], "view": ["mine"]}
    colleague, stranger = client_of(make_lead(team)), client_of(make_lead(make_team()))
    path = f"{QUEUE}filters/{kept.pk}/"
    assert "view=mine&words=" in colleague.get(path)["Location"]
    assert stranger.get(path).status_code == 404
    assert "Urgent" in client.get(QUEUE).content.decode()
    assert colleague.post(f"{path}remove/").status_code == 404
    assert client.get(f"{path}remove/").status_code == 200
    client.post(f"{path}remove/")
    assert not SavedFilter.objects.exists()


def test_a_second_filter_of_one_name_is_refused_and_the_name_kept(client: Client) -> None:
    save(client)
    answer = save(client)
    assert answer.status_code == 422
    assert "You have a filter of this name" in answer.content.decode()
    assert save(client, name="").status_code == 422


def test_news_come_as_often_as_one_chose_and_only_of_what_one_may_see(
    team: Team, lead: User
) -> None:
    kept = saved_filters.save_filter(lead, "P1", {"priority": ["1"]}, None, NOON)
    make_concern(team, priority=1)
    saved_filters.watch_filter(
        kept, lead, on_new=True, threshold=None, matching=matching(kept, lead, NOON)
    )
    TriagePreference.objects.create(user=lead, digest="hourly")
    assert saved_filters.send_digests(NOON, matching) == 0
    hidden = make_concern(team, priority=1)
    Exclusion.objects.create(report=hidden.report, user=lead, kind="excluded", reason="named")
    make_concern(make_team(), priority=1)
    assert saved_filters.send_digests(NOON + timedelta(hours=1), matching) == 0
    make_concern(team, priority=1)
    assert saved_filters.send_digests(NOON + timedelta(hours=1, minutes=5), matching) == 0
    assert saved_filters.send_digests(NOON + timedelta(hours=2), matching) == 1
    assert saved_filters.send_digests(NOON + timedelta(hours=3), matching) == 0
    message = Message.objects.get(kind="filter_news")
    assert message.context == {"link": "/concerns/filters/"}


def test_a_threshold_is_told_once_each_time_it_is_passed(team: Team, lead: User) -> None:
    kept = saved_filters.save_filter(lead, "All", {}, None, NOON)
    saved_filters.watch_filter(kept, lead, on_new=False, threshold=1, matching=[])
    TriagePreference.objects.create(user=lead, digest="hourly")
    first = make_concern(team)
    told = []
    for hour, change in enumerate([None, "open", None, "close", "open"]):
        if change == "open":
            make_concern(team)
        if change == "close":
            Concern.objects.exclude(pk=first.pk).update(state="closed", closed_at=NOON)
        told.append(saved_filters.send_digests(NOON + timedelta(hours=hour), matching))
    assert told == [0, 1, 0, 0, 1]


@pytest.mark.parametrize(
    ("digest", "last", "now", "due"),
    [
        ("off", None, NOON, False),
        ("hourly", None, NOON, True),
        ("hourly", NOON - timedelta(minutes=59), NOON, False),
        ("daily", None, datetime(2026, 7, 1, 6, 59, tzinfo=UTC), False),
        ("daily", None, datetime(2026, 7, 1, 7, 0, tzinfo=UTC), True),
        ("daily", None, datetime(2026, 12, 1, 7, 59, tzinfo=UTC), False),
        (
            "daily",
            datetime(2026, 12, 1, 8, tzinfo=UTC),
            datetime(2026, 12, 1, 20, tzinfo=UTC),
            False,
        ),
        ("daily", datetime(2026, 12, 1, 8, tzinfo=UTC), datetime(2026, 12, 2, 8, tzinfo=UTC), True),
    ],
)
def test_a_digest_is_due_at_the_wall_time_of_london(
    digest: str, last: datetime | None, now: datetime, due: bool
) -> None:
    kept = TriagePreference(digest=digest, digest_at=time(8), digest_sent_at=last)
    assert saved_filters.is_digest_due(kept, now) is due


def test_what_to_be_told_is_set_on_a_page(team: Team, lead: User, client: Client) -> None:
    save(client)
    path = f"{QUEUE}filters/{SavedFilter.objects.get().pk}/watch/"
    assert client.post(path, {"threshold": "many"}).status_code == 422
    assert client.post(path, {"on_new": "on", "threshold": "5"}).status_code == 302
    watch = FilterWatch.objects.get()
    assert (watch.on_new, watch.threshold) == (True, 5)
    assert "What is new, and more than 5" in client.get(f"{QUEUE}filters/").content.decode()
    answer = client.post(f"{QUEUE}preferences/", {"digest": "daily", "at": "soon"})
    assert answer.status_code == 422
    assert 'value="soon"' in answer.content.decode()


# --- Many at once --------------------------------------------------------------------------------


def pick(*concerns: Concern) -> list[str]:
    """Return what the boxes of these concerns send."""
    return [f"{concern.reference}:{concern.version}" for concern in concerns]


def test_each_picked_row_is_taken_or_refused_by_itself(
    team: Team, lead: User, client: Client
) -> None:
    free, mine, changed, elsewhere = (
        make_concern(team),
        owned(team, lead),
        make_concern(team, version=7),
        make_concern(make_team()),
    )
    sent = [
        *pick(free, mine, elsewhere),
        f"{changed.reference}:6",
        "nonsense",
        ":",
        "\x00:1",
        "a/b:1",
        "NONE-1:1",
    ]
    text = client.post(f"{QUEUE}bulk/", {"act": "claim", "picked": sent}).content.decode()
    assert "1 of 5 done" in text
    assert "You have this concern already" in text
    assert "Someone changed this concern" in text
    assert text.count("or you may not see it") == 2
    free.refresh_from_db()
    assert free.owner == lead
    assert Event.objects.filter(name="concern.taken").count() == 1


def test_giving_away_tells_the_new_owner_who_must_see_the_concern(
    team: Team, lead: User, client: Client
) -> None:
    colleague = make_lead(team)
    first, hidden = make_concern(team), make_concern(team)
    Exclusion.objects.create(report=hidden.report, user=colleague, kind="excluded", reason="named")
    asked = {"act": "assign", "picked": pick(first, hidden)}
    assert client.post(f"{QUEUE}bulk/", asked).status_code == 200
    assert client.post(f"{QUEUE}bulk/", {**asked, "go": "1", "owner": "0"}).status_code == 422
    text = client.post(
        f"{QUEUE}bulk/", {**asked, "go": "1", "owner": str(colleague.pk)}
    ).content.decode()
    assert "1 of 2 done" in text
    assert "may not see this concern" in text
    message = Message.objects.get(kind="concern_assigned")
    assert message.recipient == colleague.email
    assert set(message.context) == {"reference", "urgency", "link"}


def test_many_priorities_change_by_the_same_rules_as_one(
    team: Team, lead: User, client: Client
) -> None:
    mine = make_concern(team, priority=2, owner=lead, taken_at=NOON, state="in_triage")
    theirs = make_concern(team, priority=2)
    sent = {"act": "priority", "picked": pick(mine, theirs), "go": "1"}
    assert client.post(f"{QUEUE}bulk/", sent | {"priority": "3"}).status_code == 422
    text = client.post(
        f"{QUEUE}bulk/", sent | {"priority": "3", "reason": "Calm now"}
    ).content.decode()
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.priority, theirs.priority) == (3, 2), text
    assert "1 of 2 done" in text
    assert Decision.objects.get().concern == mine


def test_a_bundle_is_a_list_of_what_one_may_see(team: Team, lead: User, client: Client) -> None:
    first, second = make_concern(team), make_concern(team)
    asked = {"act": "bundle", "picked": pick(first, second), "go": "1"}
    assert client.post(f"{QUEUE}bulk/", asked).status_code == 422
    assert "2 of 2 done" in client.post(f"{QUEUE}bulk/", {**asked, "name": "Elm"}).content.decode()
    bundle = Bundle.objects.get()
    again = client.post(f"{QUEUE}bulk/", {**asked, "bundle": str(bundle.pk)}).content.decode()
    assert "already" in again
    Exclusion.objects.create(report=first.report, user=lead, kind="excluded", reason="named")
    assert shown(client, f"?view=everything&bundle={bundle.pk}") == refs(second)
    assert "Elm" in client.get(f"{QUEUE}bundles/").content.decode()


def test_nothing_picked_says_so(client: Client) -> None:
    answer = client.post(f"{QUEUE}bulk/", {"act": "claim"})
    assert answer.status_code == 422
    assert "You have picked no concern" in answer.content.decode()
    assert client.post(f"{QUEUE}bulk/", {"act": "burn", "picked": ["A:1"]}).status_code == 404


@pytest.mark.parametrize(
    "path", ["filter/", "filter/save/", "filters/", "preferences/", "bulk/", "bundles/", "search/"]
)
def test_somebody_without_a_role_finds_none_of_it(path: str) -> None:
    stranger = client_of(make_user())
    assert stranger.get(f"{QUEUE}{path}").status_code == 404
    assert stranger.post(f"{QUEUE}{path}").status_code in {404, 405}


# --- Two at one concern --------------------------------------------------------------------------


def test_two_leads_at_one_concern_see_each_other_and_an_excluded_one_leaves_no_trace(
    team: Team, lead: User, client: Client
) -> None:
    cache.clear()
    concern = make_concern(team)
    path = f"{QUEUE}{concern.reference}/"
    other = make_lead(team, full_name="Bo Other")
    client_of(other).get(path)
    assert "Bo Other is reading this now" in client.get(path).content.decode()
    assert "Ada Lead is reading this now" in client_of(other).get(path).content.decode()
    assert "Bo Other is reading" in client.get(f"{path}presence/?version=1").content.decode()
    Exclusion.objects.create(report=concern.report, user=other, kind="excluded", reason="named")
    assert "Bo Other" not in client.get(f"{path}presence/").content.decode()
    assert client_of(other).get(f"{path}presence/").status_code == 404


def test_a_page_that_is_out_of_date_is_told_so(team: Team, lead: User, client: Client) -> None:
    concern = make_concern(team)
    path = f"{QUEUE}{concern.reference}/presence/?version="
    assert "Somebody changed" not in client.get(f"{path}1").content.decode()
    take_concern(concern.pk, make_lead(team), 1, timezone.now())
    assert "Somebody changed" in client.get(f"{path}1").content.decode()


def test_a_form_filled_while_somebody_else_acted_shows_what_changed_and_keeps_the_text(
    team: Team, lead: User, client: Client
) -> None:
    concern = make_concern(team)
    path = f"{QUEUE}{concern.reference}/note/"

    def seen_in(text: str) -> str:
        found = re.search(r'name="seen" value="(\d+)"', text)
        assert found
        return found.group(1)

    typed = {"text": "A long note", "seen": seen_in(client.get(path).content.decode())}
    take_concern(concern.pk, make_lead(team, full_name="Bo Taker"), 1, timezone.now())
    answer = client.post(path, typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Taken by Bo Taker" in text
    assert "A long note" in text
    assert not Note.objects.exists()
    assert client.post(path, {**typed, "seen": seen_in(text)}).status_code == 302
    assert Note.objects.get().text == "A long note"


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 40, "\x00"])
def test_a_form_that_does_not_say_when_it_was_opened_is_taken(
    team: Team, client: Client, seen: str
) -> None:
    path = f"{QUEUE}{make_concern(team).reference}/note/"
    assert client.post(path, {"text": "A note", "seen": seen}).status_code == 302
