"""Change sets: four eyes, the minute at which they start, urgent ones, going back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import InternalError, ProgrammingError

from contacts import changes
from contacts.document import without_item
from contacts.models import ChangeSet, DirectoryVersion
from contacts.publishing import ChangeRefusedError, next_slug
from contacts.selectors import current_directory
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.contacts.conftest import NOW, line_of
from tests.factories import give_role, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published")]
NEW, OTHER = "0121 496 0999", "0121 496 0111"
HOUR = timedelta(hours=1)


def number_now(at: datetime, slug: str = "cass") -> str:
    """Return what the pages show as a line's number."""
    return current_directory(at).lines[slug].number


def draft(
    actor: User, number: str = NEW, start: datetime | None = None, line: str = "cass"
) -> ChangeSet:
    """Return a draft that gives a line another number."""
    change = changes.start_change(actor, "Another number", start, NOW)
    line_of(change.document, line)["number"] = number
    return changes.save_document(change.pk, actor, change.document, change.revision, NOW)


def publish(actor: User, second: User, at: datetime = NOW, **fields: object) -> ChangeSet:
    """Return a change that went all the way."""
    change = draft(actor, **fields)  # type: ignore[arg-type]
    changes.propose(change.pk, actor, at)
    return changes.approve(change.pk, second, at)


def test_a_second_person_approves_and_it_is_in_force_from_then_on(
    editor: User, second: User
) -> None:
    change = publish(editor, second)
    assert change.version is not None
    assert change.version.slug == "birmingham-2"
    assert number_now(NOW) == NEW
    assert number_now(NOW - HOUR) == "0121 303 1888"
    assert current_directory(NOW).version == "birmingham-2"
    names = list(Event.objects.filter(name__startswith="directory.").values_list("name", flat=True))
    assert names == [
        "directory.change_started",
        "directory.change_edited",
        "directory.change_proposed",
        "directory.published",
    ]


def test_who_made_or_edited_a_change_cannot_approve_it(editor: User, second: User) -> None:
    change = draft(editor)
    change = changes.save_document(change.pk, second, change.document, change.revision, NOW)
    changes.propose(change.pk, second, NOW)
    for person in (editor, second):
        with pytest.raises(ChangeRefusedError, match="Somebody else"):
            changes.approve(change.pk, person, NOW)
    assert number_now(NOW) == "0121 303 1888"
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeSet.objects.filter(pk=change.pk).update(
            state="approved", decided_by=editor, version=DirectoryVersion.objects.first()
        )


def test_a_change_starts_at_its_minute_and_no_earlier(editor: User, second: User) -> None:
    start = datetime.fromisoformat("2026-12-05T09:00:00+00:00")
    change = publish(editor, second, start=start)
    assert change.state_words(NOW) == "Scheduled"
    assert change.state_words(start) == "Published"
    assert number_now(start - timedelta(microseconds=1)) == "0121 303 1888"
    assert number_now(start) == NEW


def test_a_change_now_is_carried_into_the_version_that_is_scheduled(
    editor: User, second: User
) -> None:
    later = NOW + timedelta(days=7)
    publish(editor, second, start=later)
    publish(editor, second, number=OTHER, line="acap")
    assert number_now(later) == NEW
    assert number_now(later, "acap") == OTHER
    assert number_now(later - HOUR) == "0121 303 1888"


def test_two_drafts_from_one_version_are_both_kept(editor: User, second: User) -> None:
    one, two = draft(editor), draft(editor, OTHER, line="acap")
    for change in (one, two):
        changes.propose(change.pk, editor, NOW)
        changes.approve(change.pk, second, NOW + HOUR)
    assert (number_now(NOW + HOUR), number_now(NOW + HOUR, "acap")) == (NEW, OTHER)


def test_two_drafts_that_set_one_thing_differently_are_refused_in_words(
    editor: User, second: User
) -> None:
    mine, theirs = draft(editor), draft(second, OTHER)
    changes.propose(theirs.pk, second, NOW)
    changes.approve(theirs.pk, editor, NOW)
    with pytest.raises(ChangeRefusedError, match="cass, number"):
        changes.propose(mine.pk, editor, NOW)


def test_an_edit_from_a_page_that_is_out_of_date_is_refused(editor: User, second: User) -> None:
    change = draft(editor)
    with pytest.raises(ChangeRefusedError, match="meanwhile"):
        changes.save_document(change.pk, second, change.document, change.revision - 1, NOW)


def test_a_gap_is_refused_and_says_where_when_and_how_to_mend_it(editor: User) -> None:
    change = changes.start_change(editor, "A gap", None, NOW)
    line_of(change.document, "cass")["fallback"] = None
    changes.save_document(change.pk, editor, change.document, change.revision, NOW)
    with pytest.raises(ChangeRefusedError) as refused:
        changes.propose(change.pk, editor, NOW)
    problem = refused.value.problems[0]
    assert problem.where == "Birmingham Children's Trust"
    assert "5:15pm on Tuesday 24 November 2026" in problem.what
    assert "fall back" in problem.mend
    with pytest.raises(ChangeRefusedError):
        changes.publish_urgently(change.pk, editor, "No matter", NOW)
    assert DirectoryVersion.objects.count() == 1


def test_going_back_is_a_new_version_and_needs_a_second_person_too(
    editor: User, second: User
) -> None:
    first = publish(editor, second)
    back = changes.start_roll_back("birmingham-1", editor, NOW + HOUR)
    changes.propose(back.pk, editor, NOW + HOUR)
    changes.approve(back.pk, second, NOW + HOUR)
    assert number_now(NOW + HOUR) == "0121 303 1888"
    assert current_directory(NOW + HOUR).version == "birmingham-3"
    first.refresh_from_db()
    assert first.state == "rolled_back"
    with pytest.raises(ChangeRefusedError, match="already"):
        changes.start_roll_back("birmingham-1", editor, NOW + HOUR)


def test_a_scheduled_change_is_cancelled_before_it_starts_and_what_came_between_stays(
    editor: User, second: User
) -> None:
    start = NOW + timedelta(days=7)
    scheduled = publish(editor, second, start=start)
    between = publish(editor, second, number=OTHER, line="acap")
    back = changes.start_cancelling(scheduled.pk, editor, NOW + HOUR)
    changes.propose(back.pk, editor, NOW + HOUR)
    changes.approve(back.pk, second, NOW + HOUR)
    assert number_now(start) == "0121 303 1888"
    assert number_now(start, "acap") == OTHER
    scheduled.refresh_from_db()
    between.refresh_from_db()
    assert (scheduled.state, between.state) == ("rolled_back", "approved")
    with pytest.raises(ChangeRefusedError, match="not scheduled"):
        changes.start_cancelling(between.pk, editor, NOW + HOUR)


def test_an_urgent_change_counts_at_once_rings_and_waits_for_a_second_person(
    editor: User, second: User
) -> None:
    lead = make_user()
    give_role(lead, Role.CORPORATE_LEAD)
    change = changes.publish_urgently(draft(editor).pk, editor, "Wrong number", NOW)
    assert number_now(NOW) == NEW
    rung = Message.objects.filter(template="directory_urgent")
    assert set(rung.values_list("recipient", flat=True)) == {second.email, lead.email}
    changes.ring_urgent(NOW + HOUR)
    assert rung.count() == 2
    changes.ring_urgent(NOW + 4 * HOUR)
    assert rung.count() == 4
    with pytest.raises(ChangeRefusedError, match="Somebody else"):
        changes.approve_afterwards(change.pk, editor, NOW + HOUR)
    changes.approve_afterwards(change.pk, second, NOW + 5 * HOUR)
    changes.ring_urgent(NOW + 9 * HOUR)
    assert rung.count() == 4
    change.refresh_from_db()
    assert (change.state, change.was_urgent) == ("approved", True)


def test_a_rejected_change_says_why_and_can_be_taken_up_again(editor: User, second: User) -> None:
    change = draft(editor)
    changes.propose(change.pk, editor, NOW)
    assert Message.objects.get(template="directory_proposed").recipient == second.email
    changes.reject(change.pk, second, "Not confirmed", NOW)
    with pytest.raises(ChangeRefusedError, match="no longer"):
        changes.approve(change.pk, second, NOW)
    change = changes.reopen(change.pk, editor, NOW)
    assert change.is_editable
    assert changes.discard(change.pk, editor, NOW).state == "discarded"


def test_a_draft_that_changes_nothing_cannot_be_proposed(editor: User) -> None:
    change = changes.start_change(editor, "Nothing", None, NOW)
    with pytest.raises(ChangeRefusedError, match="nothing"):
        changes.propose(change.pk, editor, NOW)


def test_an_agency_that_the_rules_need_cannot_be_removed(editor: User) -> None:
    change = changes.start_change(editor, "Without LADO", None, NOW)
    document = without_item(change.document, "agencies", "lado")
    changes.save_document(change.pk, editor, document, change.revision, NOW)
    with pytest.raises(ChangeRefusedError) as refused:
        changes.propose(change.pk, editor, NOW)
    assert refused.value.problems[0].where == "lado"


def test_the_number_of_a_version_goes_on_from_the_last() -> None:
    assert next_slug(["birmingham-1", "birmingham-9", "birmingham-10"]) == "birmingham-11"
    assert next_slug([]) == "directory-1"


def test_the_database_refuses_to_change_or_delete_a_published_version(
    published: DirectoryVersion,
) -> None:
    for act in (
        lambda: DirectoryVersion.objects.filter(pk=published.pk).update(slug="other"),
        lambda: DirectoryVersion.objects.filter(pk=published.pk).delete(),
    ):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            act()
