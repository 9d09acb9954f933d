"""Reading, linking, searching, editing: right, wrong, empty, forged."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from policies.models import Document, DocumentVersion, NationalSource
from policies.services import drafts
from policies.services.publish import retire
from policies.text.sections import LONGEST_SECTION, SectionText
from safeguarding_portal.accounts.models import Role, User
from tests.factories import give_role, make_user
from tests.policies.conftest import client_of, publish_text, seen

pytestmark = pytest.mark.django_db
POLICY = "/policies/corporate-safeguarding-policy/"
SECTION = f"{POLICY}section/section-6-3/"
OTHER = [SectionText("section-6-1", "6.1", "Report it", "At once.")]


def page(user: User, path: str, status: int = 200) -> str:
    answer = client_of(user).get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.fixture
def policy(loaded: None) -> Document:
    """Return the corporate policy as it ships."""
    return Document.objects.get(slug="corporate-safeguarding-policy")


def test_a_summary_says_that_it_is_one_and_what_is_missing(policy: Document) -> None:
    text = page(make_user(), POLICY)
    assert "A summary in our own words, not the council's text." in text
    assert "Sections 9, 10, 12 and 13" in text


def test_the_policies_can_be_read_before_anything_is_loaded() -> None:
    for path in ("/policies/", POLICY, SECTION, "/policies/as-kept/policies-2/"):
        page(make_user(), path)


def test_a_link_to_a_section_stays_and_says_when_the_text_is_no_longer_in_force(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    reader = make_user()
    assert "no longer in force" not in page(reader, SECTION)
    publish_text(policy, OTHER, editor, approver, now)
    text = page(reader, SECTION)
    assert "no longer in force" in text
    assert "still a child" in text
    assert f'href="{POLICY}"' in text
    old = page(reader, f"{POLICY}versions/1/")
    assert "no longer in force" in old
    assert "Read version 2" in old
    assert "no longer in force" not in page(reader, f"{POLICY}versions/2/")
    assert "no longer in force" not in page(reader, f"{POLICY}section/section-6-1/")


def test_a_link_to_a_retired_document_points_to_what_took_its_place(
    policy: Document, editor: User, now: datetime
) -> None:
    retire(policy.pk, Document.objects.get(slug="kinds-of-harm"), editor, now)
    for path in (POLICY, SECTION, f"{POLICY}versions/1/"):
        text = page(make_user(), path)
        assert "no longer in force" in text
        assert 'href="/policies/kinds-of-harm/"' in text
    assert "Corporate Safeguarding Policy" not in page(make_user(), "/policies/")


@pytest.mark.parametrize(
    "path",
    [
        "/policies/none/",
        "/policies/none/versions/",
        f"{POLICY}section/none/",
        f"{POLICY}versions/9/",
        f"{POLICY}versions/99999999999999999999/",
        f"{POLICY}versions/9/changes/",
        "/policies/kinds-of-harm/confirm/",
        "/policies/as-kept/none/",
        "/policies/desk/version/99999999999999999999/",
        "/policies/desk/document/none/",
        "/policies/desk/sources/none/",
        "/policies/confirmations/?document=none",
        "/policies/confirmations/?show=none",
        "/policies/confirmations/export/?document=%00",
    ],
)
def test_what_does_not_exist_is_a_404(path: str, policy: Document, editor: User) -> None:
    page(editor, path, 404)


def test_a_draft_shows_to_no_reader(policy: Document, editor: User, now: datetime) -> None:
    drafts.replace_text(policy.pk, OTHER, False, "", editor, now)
    later = [SectionText("later", "", "Later", "Zebra until then")]
    document = Document.objects.get(slug="kinds-of-harm")
    publish_text(document, later, editor, make_approver(), now, starts_at=now + timedelta(days=1))
    reader = make_user()
    page(reader, f"{POLICY}versions/2/", 404)
    page(reader, "/policies/kinds-of-harm/versions/2/", 404)
    page(reader, "/policies/kinds-of-harm/section/later/", 404)
    assert "Nothing fits" in page(reader, "/search/?q=zebra")


def make_approver() -> User:
    user = make_user()
    give_role(user, Role.DCS)
    return user


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("neglected", "kinds-of-harm/section/neglect"),
        ("6.1", "section/section-6-1"),
        ("capac", "section/capacity"),
        ("hoarding", "section/self_neglect"),
        ('"Working Together"', "section/working-together"),
    ],
)
@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_search_finds_words_in_any_form_by_their_beginning_and_by_number(
    query: str, found: str, is_loaded: bool, request: pytest.FixtureRequest
) -> None:
    if is_loaded:
        request.getfixturevalue("loaded")
    elif query == "neglected":
        query = "neglect"
    answer = client_of(make_user()).get("/search/", {"q": query})
    text = answer.content.decode()
    assert found in text
    assert '<mark class="portal-hit">' in text


def test_a_search_finds_whom_to_call_too_with_the_number_of_this_minute(loaded: None) -> None:
    text = page(make_user(), "/search/?q=lado")
    assert "Local Authority Designated Officer" in text
    assert 'href="tel:' in text
    assert "Birmingham Children&#x27;s Trust" in page(make_user(), "/search/?q=0121+303+1888")


@pytest.mark.parametrize(
    "query", ["zzzz", "!!!", "' 1=1 --", "a & | ! ( :*", "\\", "%", "²³", "🙂", "a" * 200]
)
@pytest.mark.parametrize("is_loaded", [True, False])
def test_a_search_that_finds_nothing_says_what_to_do(
    query: str, is_loaded: bool, request: pytest.FixtureRequest
) -> None:
    if is_loaded:
        request.getfixturevalue("loaded")
    answer = client_of(make_user()).get("/search/", {"q": query})
    assert answer.status_code == 200
    assert "See whom to call" in answer.content.decode()


@pytest.mark.parametrize(("query", "status"), [("", 422), ("x" * 201, 422), ("neg\x00lect", 422)])
def test_a_search_that_cannot_be_made_says_why(query: str, status: int, loaded: None) -> None:
    answer = client_of(make_user()).get("/search/", {"q": query})
    assert answer.status_code == status
    assert "There is a problem" in answer.content.decode()


def test_the_search_takes_the_same_statements_whatever_it_finds(loaded: None) -> None:
    client = client_of(make_user())
    counts = set()
    for query in ("hoarding", "the", "zzzz", "harm"):
        with CaptureQueriesContext(connection) as queries:
            client.get("/search/", {"q": query})
        counts.add(len(queries))
    assert len(counts) == 1


def test_a_checklist_asks_for_a_topic_and_gets_its_section_with_one_query(loaded: None) -> None:
    template = Template("{% load policies_tags %}{% policy_sections 'consent' 'capacity' %}")
    with CaptureQueriesContext(connection) as queries:
        html = template.render(Context())
        template.render(Context())
    assert "Agreement, and sharing without it" in html
    assert "Whether they can decide" in html
    assert len(queries) <= 3


BAD_SECTIONS = [
    ({"heading": ""}, "Enter a heading"),
    ({"number": "six"}, "Enter a number such as 6 or 6.1"),
    ({"body": "<script>alert(1)</script>"}, "It has HTML"),
    ({"body": "[x](javascript:alert(1))"}, "would run a script"),
    ({"body": "a\x00b"}, "We took out a character"),
    ({"body": "x" * (LONGEST_SECTION + 1)}, "1 character too long"),
    ({"topics": "none"}, "Select one of the answers shown"),
    ({"seen": "forged"}, "Somebody else has changed this section"),
]


@pytest.mark.parametrize(("wrong", "words"), BAD_SECTIONS, ids=[w for _, w in BAD_SECTIONS])
def test_a_wrong_section_gets_a_clear_error_and_changes_nothing(
    wrong: dict[str, str], words: str, policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    section = version.sections.get(anchor="section-6-1")
    typed = {
        "number": "6.1",
        "heading": "Report it",
        "body": "A new text",
        "seen": drafts.mark_of(section),
    }
    answer = client_of(editor).post(
        f"/policies/desk/version/{version.pk}/section/section-6-1/", typed | wrong
    )
    assert answer.status_code == 422
    assert words in answer.content.decode()
    if "body" not in wrong:
        assert "A new text" in answer.content.decode()
    before = section.body
    section.refresh_from_db()
    assert section.body == before


def test_the_loser_of_a_race_sees_both_texts_and_can_save_after_all(
    policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    path = f"/policies/desk/version/{version.pk}/section/section-6-1/"
    seen = drafts.mark_of(version.sections.get(anchor="section-6-1"))
    theirs = SectionText("", "6.1", "Report it", "Their words")
    drafts.save_section(version.pk, "section-6-1", theirs, seen, make_user(), now)
    typed = {"number": "6.1", "heading": "Report it", "body": "My words", "seen": seen}
    text = client_of(editor).post(path, typed).content.decode()
    assert "Their words" in text
    assert "My words" in text
    mark = drafts.mark_of(version.sections.get(anchor="section-6-1"))
    assert mark in text
    client_of(editor).post(path, typed | {"seen": mark})
    assert version.sections.get(anchor="section-6-1").body == "My words"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("desk/new/", ["Enter a title", "Select what it is"]),
        ("desk/document/kinds-of-harm/settings/", ["Select yes if people must confirm it"]),
        ("desk/document/kinds-of-harm/retire/", ["Select what takes its place, or nothing"]),
        ("desk/sources/prevent/", ["Select its status"]),
        ("desk/version/{pk}/submit/", ["Say what is different", "Select yes if the meaning"]),
        ("desk/version/{pk}/return/", ["Say what they should change"]),
        ("desk/version/{pk}/publish/", ["Select from when it is in force", "Enter the day of"]),
    ],
)
def test_an_empty_form_says_what_to_do(
    path: str, words: list[str], policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    answer = client_of(editor).post(f"/policies/{path.format(pk=version.pk)}", {})
    assert answer.status_code == 422
    for word in words:
        assert word in answer.content.decode()


def test_a_step_that_is_refused_keeps_what_was_typed(
    policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    typed = {"note": "Say who rings whom", "change_note": "Who rings whom", "meaning": "yes"}
    path = f"/policies/desk/version/{version.pk}"
    for part, words in (("return", "Say who rings whom"), ("submit", "Who rings whom")):
        if part == "submit":
            drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
        answer = client_of(editor).post(f"{path}/{part}/", typed)
        assert answer.status_code == 422
        assert "by now" in answer.content.decode()
        assert words in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"start": "later"}, "Enter the first day"),
        ({"start": "later", "day": "1 1 2020"}, "has passed"),
        ({"start": "now", "review": "1 1 2020"}, "review must come after"),
        ({"start": "never"}, "Select one of the answers shown"),
    ],
)
def test_dates_of_a_publication_are_checked(
    typed: dict[str, str],
    words: str,
    policy: Document,
    editor: User,
    approver: User,
    now: datetime,
) -> None:
    version = drafts.replace_text(policy.pk, OTHER, False, "", editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    drafts.approve(version.pk, seen(version), approver, now)
    data = {"start": typed["start"]}
    for name, text in (("day", typed.get("day")), ("review_by", typed.get("review", "1 1 2030"))):
        for part, value in zip(("day", "month", "year"), (text or "").split(), strict=False):
            data[f"{name}_{part}"] = value
    answer = client_of(editor).post(f"/policies/desk/version/{version.pk}/publish/", data)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert DocumentVersion.objects.get(pk=version.pk).state == "approved"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.org/a", "not an address"])
def test_a_national_document_links_to_the_web_only(url: str, loaded: None, editor: User) -> None:
    client = client_of(editor)
    path = "/policies/desk/sources/keeping-children-safe/"
    assert client.post(path, {"status": "in_force", "url": url}).status_code == 422
    typed = {"status": "in_force", "url": "https://www.gov.uk/kcsie", "note": "Edition of 2026"}
    assert client.post(path, typed).status_code == 302
    source = NationalSource.objects.get(slug="keeping-children-safe")
    assert (source.checked_on, source.checked_by) == (timezone.localdate(), editor)
    assert "Edition of 2026" in page(make_user(), "/policies/national-guidance/")


def test_the_desk_and_the_list_take_the_same_statements_for_more_documents(
    loaded: None, editor: User, now: datetime
) -> None:
    client = client_of(editor)
    counts: dict[str, list[int]] = {"/policies/desk/": [], "/policies/": []}
    for more in (0, 30):
        for number in range(more):
            drafts.create_document(editor, f"Policy {number}", "policy", "", now)
        for path, found in counts.items():
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                client.get(path)
            found.append(len(queries))
    assert all(one == thirty for one, thirty in counts.values())
