"""The search box: finds what the person may see, however it is typed, and nothing else."""

from __future__ import annotations

import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concerns.models import (
    AccessGrant,
    Concern,
    Correspondence,
    Exclusion,
    Involvement,
    SearchDocument,
)
from concerns.rules.reference import ALPHABET, is_valid, likely_meant, new_reference
from concerns.selectors.search import highlighted, search_concerns
from concerns.selectors.search_words import codes_in, read_search
from concerns.services import reclassify
from concerns.services.custody import add_note, take_concern
from concerns.services.search_index import add_words, index_concerns, index_missing
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.services import keyed_hash
from tests.factories import NOON, make_concern, make_lead, make_report, make_team, make_user

pytestmark = pytest.mark.django_db
PATH = "/concerns/search/"


@pytest.fixture
def team() -> Team:
    """Return a team for children."""
    return make_team()


@pytest.fixture
def lead(team: Team) -> User:
    """Return its lead."""
    return make_lead(team)


def told(
    team: Team,
    account: str = "There was a bruise on the arm.",
    name: str = "Robin Example",
    details: dict[str, str] | None = None,
    **fields: object,
) -> Concern:
    """Return an indexed concern with this account about this person."""
    rows = [{"question": "What happened?", "answer": account, "slug": "what-happened"}]
    report = make_report(
        statement=[{"title": "What happened", "rows": rows}],
        restricted=fields.get("restricted", False),
        reference=fields.pop("report_reference", new_reference(random.Random(account + name))),
    )
    concern = make_concern(team, report, **fields)
    person = Involvement(
        concern=concern,
        part="subject",
        name=name,
        details=[{"question": q, "answer": a} for q, a in (details or {}).items()],
    )
    person.save()
    index_concerns([concern], [person])
    return concern


def found(user: User, typed: str) -> list[Concern]:
    """Return what the person finds."""
    return search_concerns(user, typed, NOON).rows


@pytest.mark.parametrize(
    "typed",
    [
        "Robin",
        "robin example",
        "Example, Robin",
        "Robyn Exampel",
        "bruise",
        "bruises on his arms",
        "Robin bruise",
        "943 476 5919",
        "9434765919",
        "+44 121 496 0123",
        "0121-496-0123",
        "acacia road",
        "B5 7ZZ",
        "b57zz",
        "the arm",
    ],
)
def test_it_finds_by_name_number_address_and_account_however_typed(
    team: Team, lead: User, typed: str
) -> None:
    concern = told(
        team,
        details={
            "NHS number": "943 476 5919",
            "Phone": "0121 496 0123",
            "Address or area": "12 Acacia Road, B5 7ZZ",
        },
    )
    told(team, account="Something else.", name="Kim Other")
    assert found(lead, typed) == [concern]


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "...", "%", "'", "zzzqqq", "🙂", "a" * 200_000, "& | ! ( :* <->"]
)
def test_what_is_nowhere_finds_nothing_and_breaks_nothing(
    team: Team, lead: User, typed: str
) -> None:
    told(team)
    assert found(lead, typed) == []


def test_a_reference_is_found_right_or_with_one_slip(team: Team, lead: User) -> None:
    code = new_reference(random.Random(8))
    concern = told(team, report_reference=code)
    told(team, name="Kim Other")
    wrong = ("A" if code[0] != "A" else "B") + code[1:]
    swapped = code[1] + code[0] + code[2:]
    short, long = code[:6] + code[7:], code[:6] + "Z" + code[6:]
    for typed in (code, concern.reference, code.lower().replace("-", " ")):
        assert found(lead, typed) == [concern], typed
    for typed in (wrong, swapped, short, long):
        assert is_valid(typed) is False
        assert concern in found(lead, typed), typed


def test_one_slip_leaves_few_candidates_and_the_right_one_is_among_them() -> None:
    rng = random.Random(5)
    for _ in range(30):
        code = new_reference(rng)
        signs = code.replace("-", "")
        at = rng.randrange(len(signs))
        wrong = signs[:at] + rng.choice(ALPHABET.replace(signs[at], "")) + signs[at + 1 :]
        meant = likely_meant(wrong)
        assert code in meant
        assert len(meant) <= 40


def test_a_word_that_others_have_too_is_no_reference() -> None:
    assert read_search("neglects").references == ()
    assert read_search("0121 4960").codes == ("01214960",)


def test_codes_are_written_in_one_way() -> None:
    text = "Ring +44 (0)121 496 0123 or 0044 121 496 0124, NHS 943-476-5919, at b5 7zz"
    assert codes_in(text) == ["01214960123", "01214960124", "9434765919", "b57zz"]


def test_nothing_out_of_scope_is_found(team: Team, lead: User) -> None:
    told(make_team(), account="A bruise elsewhere.")
    told(team, account="A bruise in secret.", restricted=True)
    hidden = told(team, account="A bruise of a colleague.")
    Exclusion.objects.create(report=hidden.report, user=lead, kind="excluded", reason="named")
    assert found(lead, "bruise") == []
    assert found(lead, hidden.reference) == []
    assert found(make_user(), "bruise") == []


def test_a_restricted_record_is_found_by_its_access_list(team: Team, lead: User) -> None:
    concern = told(team, restricted=True)
    AccessGrant.objects.create(concern=concern, user=lead, reason="x", granted_at=NOON)
    assert found(lead, "bruise") == [concern]
    AccessGrant.objects.update(revoked_at=NOON)
    assert found(lead, "bruise") == []


def test_restricting_or_moving_a_concern_takes_it_out_of_sight_at_once(
    team: Team, lead: User
) -> None:
    concern, other = told(team), told(team, name="Kim Other")
    Concern.objects.filter(pk=concern.pk).update(restricted=True)
    Concern.objects.filter(pk=other.pk).update(team=make_team())
    assert found(lead, "bruise") == []
    assert SearchDocument.objects.get(pk=concern.pk).restricted


def test_later_notes_and_words_are_found(team: Team, lead: User) -> None:
    concern = told(team)
    add_note(concern.pk, lead, "The school counsellor rang.", NOON)
    add_words(concern.pk, "Grandmother's number is 0121 496 0999")
    assert found(lead, "counsellor") == [concern]
    assert found(lead, "01214960999") == [concern]


def test_what_the_reporter_adds_and_what_a_lead_decides_is_found(team: Team, lead: User) -> None:
    concern = told(team)
    Correspondence.objects.create(
        report=concern.report,
        author=concern.report.reporter,
        from_reporter=True,
        kind=Correspondence.Kind.CORRECTION,
        text="It was the stepfather, not the uncle.",
        happened_at=NOON,
        created_at=NOON,
    )
    take_concern(concern.pk, lead, 1, NOON)
    reclassify.change_priority(concern.pk, lead, 1, "Threatened with a machete", 2, NOON)
    assert found(lead, "stepfather") == [concern]
    assert found(lead, "machete") == [concern]


def test_what_was_filed_before_the_search_is_found_once_indexed(team: Team, lead: User) -> None:
    concern = make_concern(team)
    add_note(concern.pk, lead, "Rang the school.", NOON)
    assert found(lead, "Robin") == []
    assert index_missing() == 1
    assert index_missing() == 0
    assert found(lead, "Robin school") == [concern]


def test_highlights_are_escaped(team: Team, lead: User) -> None:
    told(team, account="<script>alert(1)</script> a bruise & more")
    row = found(lead, "bruise")[0]
    assert "<script>" not in row.excerpt  # type: ignore[attr-defined]
    assert "<mark>bruise</mark>" in row.excerpt  # type: ignore[attr-defined]
    assert highlighted("\x01<b>\x02") == "<mark>&lt;b&gt;</mark>"


def test_the_page_records_a_hash_of_the_term_and_what_was_shown(team: Team, lead: User) -> None:
    concern = told(team)
    client = Client()
    client.force_login(lead)
    answer = client.post(PATH, {"q": "Bruise"})
    assert concern.reference in answer.content.decode()
    event = Event.objects.get(name="concern.searched")
    assert event.detail == {"term": keyed_hash("bruise"), "shown": [concern.reference]}
    assert "Robin" not in answer.content.decode()


def test_what_was_typed_is_in_no_address(team: Team, lead: User) -> None:
    client = Client()
    client.force_login(lead)
    told(team)
    assert "bruise" not in client.get(f"{PATH}?q=bruise").content.decode().casefold()
    text = client.get(PATH).content.decode()
    assert 'method="post"' in text
    assert client.post(PATH, {"q": "x" * 300_000}).status_code == 200


def test_the_search_takes_equal_statements_for_one_and_30_hits(team: Team, lead: User) -> None:
    client = Client()
    client.force_login(lead)
    told(team)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.post(PATH, {"q": "bruise"}).status_code == 200
        return len([item for item in captured if "SAVEPOINT" not in item["sql"]])

    one = statements()
    for number in range(29):
        told(team, name=f"Person {number}")
    assert one == statements() <= 12


def test_somebody_without_a_role_has_no_search() -> None:
    client = Client()
    client.force_login(make_user())
    assert client.get(PATH).status_code == 404
    assert client.post(PATH, {"q": "bruise"}).status_code == 404
