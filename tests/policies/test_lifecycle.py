"""From draft to published, and what the database itself keeps."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from policies.models import (
    Confirmation,
    Document,
    DocumentVersion,
    PolicyVersion,
    Section,
)
from policies.selectors import current_version, policies_in_force, policies_of, section_for
from policies.services import drafts
from policies.services.errors import PolicyError
from policies.services.load import load_shipped
from policies.services.publish import bring_back, cancel_publication, publish, retire
from policies.services.settings import Settings, change_settings
from policies.text.sections import SectionText
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import make_user
from tests.policies.conftest import publish_text, seen

pytestmark = pytest.mark.django_db
POLICY = "corporate-safeguarding-policy"
TEXT = [SectionText("section-6-1", "6.1", "Report it", "Report it **at once**.", ("report-it",))]


@pytest.fixture
def policy(loaded: None) -> Document:
    """Return the corporate policy as it ships."""
    return Document.objects.get(slug=POLICY)


def test_while_nothing_is_published_the_shipped_text_counts_and_is_named(now: datetime) -> None:
    assert current_version(now) == "policies-2"
    found = section_for("consent", now)
    assert found is not None
    assert found.document == "acting-on-a-concern"


def test_loading_twice_changes_nothing_and_leaves_the_councils_text_alone(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    assert load_shipped(now) == []
    publish_text(policy, TEXT, editor, approver, now)
    assert load_shipped(now) == []
    assert policies_in_force().document(POLICY).number == 2  # type: ignore[union-attr]


def test_a_change_goes_through_review_approval_and_publication(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    assert drafts.start_draft(policy.pk, make_user(), now).pk == version.pk
    section = version.sections.get(anchor="section-6-1")
    drafts.save_section(version.pk, "section-6-1", TEXT[0], drafts.mark_of(section), editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("At once", True), editor, now)
    drafts.approve(version.pk, seen(version), approver, now)
    publish(version.pk, None, timezone.localdate(now) + timedelta(days=365), editor, now)
    shown = section_for("report-it")
    assert shown is not None
    assert shown.html == '<p class="govuk-body">Report it <strong>at once</strong>.</p>\n'
    assert shown.version == 2
    names = list(Event.objects.filter(object_id=POLICY).values_list("name", flat=True))
    assert names[-5:] == [
        "policy.draft_started",
        "policy.section_changed",
        "policy.sent_for_review",
        "policy.approved",
        "policy.published",
    ]


def test_who_wrote_any_of_it_cannot_approve_it(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    version = drafts.replace_text(policy.pk, TEXT, False, "", approver, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    for person in (editor, approver):
        with pytest.raises(PolicyError, match="wrote this version"):
            drafts.approve(version.pk, seen(version), person, now)
    with pytest.raises(PolicyError, match="cannot approve"):
        drafts.approve(version.pk, seen(version), make_user(), now)


def test_an_approver_approves_only_the_text_that_was_before_them(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    version = drafts.replace_text(policy.pk, TEXT, False, "", editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    read = seen(version)
    drafts.return_to_draft(version.pk, "Say who", editor, now)
    later = now + timedelta(minutes=1)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, later)
    for mark in (read, ""):
        with pytest.raises(PolicyError, match="sent again"):
            drafts.approve(version.pk, mark, approver, later)
    drafts.approve(version.pk, seen(version), approver, later)


def test_a_new_title_is_in_force_at_once_and_every_link_stays(
    policy: Document, editor: User, now: datetime
) -> None:
    named = current_version()
    new = Settings("Corporate Safeguarding Policy", "The policy", None, "", True, 30)
    change_settings(policy.pk, new, editor, now)
    shown = policies_in_force().document(POLICY)
    assert shown is not None
    assert shown.title == "Corporate Safeguarding Policy"
    old = policies_of(named)
    assert old is not None
    assert old.document(POLICY).title.endswith("a summary")  # type: ignore[union-attr]
    later = current_version()
    change_settings(policy.pk, new, editor, now)
    assert current_version() == later


def test_the_shipped_text_reads_the_same_before_and_after_it_is_loaded(now: datetime) -> None:
    before = policies_in_force(now)
    load_shipped(now)
    assert policies_in_force(now) == before


def test_whoever_a_version_waits_for_is_told_by_a_link_and_no_more(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    version = drafts.replace_text(policy.pk, TEXT, False, "", editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    drafts.return_to_draft(version.pk, "Say who", approver, now)
    drafts.submit_for_review(
        version.pk, drafts.ForReview("x", True), editor, now + timedelta(minutes=1)
    )
    drafts.approve(version.pk, seen(version), approver, now)
    mail = Message.objects.order_by("pk")
    assert [message.recipient for message in mail] == [
        approver.email,
        editor.email,
        approver.email,
        editor.email,
    ]
    link = {"link": f"/policies/desk/version/{version.pk}/"}
    assert all(message.context == link for message in mail)


def test_no_step_can_be_left_out_or_done_twice(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    version = drafts.replace_text(policy.pk, TEXT, False, "", editor, now)
    review_by = timezone.localdate(now) + timedelta(days=365)
    with pytest.raises(PolicyError, match="is draft by now"):
        drafts.approve(version.pk, seen(version), approver, now)
    with pytest.raises(PolicyError, match="is draft by now"):
        publish(version.pk, None, review_by, editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    with pytest.raises(PolicyError, match="is in review by now"):
        drafts.save_section(version.pk, "section-6-1", TEXT[0], "", editor, now)
    drafts.return_to_draft(version.pk, "Say who", approver, now)
    version.refresh_from_db()
    assert (version.state, version.returned_note) == ("draft", "Say who")


def test_an_empty_draft_cannot_be_sent_for_review(editor: User, now: datetime) -> None:
    version = drafts.create_document(editor, "A new policy", "policy", "", now)
    with pytest.raises(PolicyError, match="no sections"):
        drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    for title in ("A new policy", "Desk", "!!!"):
        with pytest.raises(PolicyError):
            drafts.create_document(editor, title, "policy", "", now)


def test_two_who_change_one_section_do_not_overwrite_each_other(
    policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    seen = drafts.mark_of(version.sections.get(anchor="section-6-2"))
    other = make_user()
    text = SectionText("", "6.2", "Who is a child", "Anyone under 18, always.")
    drafts.save_section(version.pk, "section-6-2", text, seen, other, now)
    with pytest.raises(PolicyError, match="Somebody else has changed"):
        drafts.save_section(version.pk, "section-6-2", TEXT[0], seen, editor, now)
    drafts.remove_section(version.pk, "section-6-2", other, now)
    with pytest.raises(PolicyError, match="taken this section out"):
        drafts.save_section(version.pk, "section-6-2", TEXT[0], seen, editor, now)
    assert set(version.writers.all()) == {editor, other}


def test_a_new_section_never_takes_the_anchor_of_one_that_is_gone(
    policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    drafts.remove_section(version.pk, "section-14", editor, now)
    new = SectionText("", "14", "Something else", "Text")
    assert drafts.save_section(version.pk, "", new, "", editor, now).anchor == "section-14-2"


def test_sections_move_one_place_and_stay_at_the_ends(
    policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    first, second = [section.anchor for section in version.sections.all()[:2]]
    drafts.move_section(version.pk, second, True, editor, now)
    drafts.move_section(version.pk, second, True, editor, now)
    assert [section.anchor for section in version.sections.all()[:2]] == [second, first]


def test_a_future_version_comes_into_force_at_its_moment_with_nobody_doing_anything(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    start = now + timedelta(days=7)
    before = current_version(now)
    publish_text(policy, TEXT, editor, approver, now, starts_at=start)
    assert current_version(start - timedelta(seconds=1)) == before
    after = current_version(start)
    assert after != before
    assert policies_of(after).document(POLICY).number == 2  # type: ignore[union-attr]


def test_a_publication_that_has_not_started_can_be_taken_back_and_one_in_force_cannot(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    start = now + timedelta(days=7)
    version = publish_text(policy, TEXT, editor, approver, now, starts_at=start)
    cancel_publication(version.pk, editor, now)
    assert current_version(start) == "policies-2"
    version.refresh_from_db()
    assert version.state == "approved"
    publish(version.pk, None, timezone.localdate(now) + timedelta(days=365), editor, now)
    with pytest.raises(PolicyError, match="is in force"):
        cancel_publication(version.pk, editor, now)


def test_dates_that_make_no_sense_are_refused(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    version = drafts.replace_text(policy.pk, TEXT, False, "", editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    drafts.approve(version.pk, seen(version), approver, now)
    today = timezone.localdate(now)
    with pytest.raises(PolicyError, match="has passed"):
        publish(version.pk, now - timedelta(days=2), today + timedelta(days=365), editor, now)
    with pytest.raises(PolicyError, match="review must come after"):
        publish(version.pk, None, today, editor, now)


def test_a_report_names_a_state_that_shows_for_ever_what_was_in_force(
    policy: Document, editor: User, approver: User, now: datetime
) -> None:
    named = current_version()
    publish_text(policy, TEXT, editor, approver, now)
    assert current_version() != named
    kept = policies_of(named)
    assert kept is not None
    assert kept.document(POLICY).number == 1  # type: ignore[union-attr]
    assert policies_of("policies-99") is None


def test_a_retired_document_is_out_of_force_until_it_is_brought_back(
    policy: Document, editor: User, now: datetime
) -> None:
    other = Document.objects.get(slug="kinds-of-harm")
    retire(policy.pk, other, editor, now)
    assert policies_in_force().document(POLICY) is None
    with pytest.raises(PolicyError, match="retired already"):
        retire(policy.pk, None, editor, now)
    with pytest.raises(PolicyError, match="retired"):
        drafts.start_draft(policy.pk, editor, now)
    with pytest.raises(PolicyError, match="in force"):
        retire(other.pk, policy, editor, now)
    bring_back(policy.pk, editor, now)
    assert policies_in_force().document(POLICY) is not None


def test_a_draft_thrown_away_is_gone_and_what_is_in_force_stays(
    policy: Document, editor: User, now: datetime
) -> None:
    version = drafts.start_draft(policy.pk, editor, now)
    drafts.submit_for_review(version.pk, drafts.ForReview("x", True), editor, now)
    drafts.discard_draft(version.pk, editor, now)
    assert [v.number for v in policy.versions.all()] == [1]


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (DocumentVersion, {"change_note": "other"}),
        (Section, {"body": "other"}),
        (PolicyVersion, {"slug": "other"}),
        (Confirmation, {"whole": False}),
    ],
)
def test_the_database_itself_refuses_to_change_what_was_in_force(
    model: type[DocumentVersion | Section | PolicyVersion | Confirmation],
    change: dict[str, object],
    policy: Document,
    now: datetime,
) -> None:
    version = policy.versions.get()
    Confirmation.objects.create(user=make_user(), version=version, whole=True, confirmed_at=now)
    rows = model.objects.all()
    for act in (lambda: rows.update(**change), lambda: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match=r"refused|only while"), transaction.atomic():
            act()
    with pytest.raises(DatabaseError, match="only while"), transaction.atomic():
        Section.objects.create(version=version, position=99, anchor="x", title="x")
