"""What directory editors do with a change set. Each act is one transaction with its audit event.

    start_change(actor, title, effective_at, now)      a draft over the version in force
    save_document(pk, actor, document, revision, now)  an edit
    propose, approve, reject, reopen, discard          four eyes
    publish_urgently, approve_afterwards               one person, flagged until a second approves
    start_roll_back(slug, actor, now)                  a draft that restores an earlier version
    start_cancelling(pk, actor, now)                   a draft that undoes a scheduled change

Every act raises `ChangeRefusedError` in words for the screen; nothing is changed then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from contacts.access import people_with
from contacts.differences import differences
from contacts.document import Document, same_content
from contacts.models import ChangeSet, DirectoryVersion
from contacts.publishing import ChangeRefusedError, planned_versions, write_version
from contacts.services import follow_database
from contacts.timeline import in_force, in_turn
from safeguarding_portal.accounts.models import Role
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

State = ChangeSet.State
OWN_CHANGE = "You made or edited this change. Somebody else has to approve it."


def start_change(
    actor: User, title: str, effective_at: datetime | None, now: datetime
) -> ChangeSet:
    """Begin a draft over the version that will be in force when the change starts."""
    base = in_force(DirectoryVersion.objects.order_by("id"), effective_at or now)
    if base is None:
        raise ChangeRefusedError(
            "No directory has been published yet. Ask for “manage.py load_directory” to be run."
        )
    return _start(actor, title, base, base.document, effective_at, now)


def start_roll_back(slug: str, actor: User, now: datetime) -> ChangeSet:
    """Begin a draft that restores what an earlier version said; it is approved like any other."""
    earlier = DirectoryVersion.objects.filter(slug=slug).first()
    base = in_force(DirectoryVersion.objects.order_by("id"), now)
    if earlier is None or base is None:
        raise ChangeRefusedError("There is no such version.")
    if same_content(earlier.document, base.document):
        raise ChangeRefusedError("The directory says this already.")
    return _start_restoring(actor, f"Go back to {slug}", base, earlier, None, now)


def start_cancelling(pk: int, actor: User, now: datetime) -> ChangeSet:
    """Begin a draft that undoes a scheduled change at the very moment at which it would start."""
    scheduled = ChangeSet.objects.select_related("version").get(pk=pk)
    version = scheduled.version
    if scheduled.state != State.APPROVED or version is None or version.effective_from <= now:
        raise ChangeRefusedError("This change is not scheduled.")
    ordered = in_turn(DirectoryVersion.objects.order_by("id"))
    before = [one for one in ordered if one.effective_from < version.effective_from]
    base = in_force(ordered, version.effective_from)
    if not before or base is None:
        raise ChangeRefusedError("There is nothing before it to go back to.")
    title = f"Cancel: {scheduled.title}"[:120]
    return _start_restoring(actor, title, base, before[-1], version.effective_from, now)


@transaction.atomic
def _start_restoring(
    actor: User,
    title: str,
    base: DirectoryVersion,
    earlier: DirectoryVersion,
    effective_at: datetime | None,
    now: datetime,
) -> ChangeSet:
    change = _start(actor, title, base, earlier.document, effective_at, now)
    change.restores = earlier
    change.save(update_fields=["restores"])
    return change


@transaction.atomic
def _start(
    actor: User,
    title: str,
    base: DirectoryVersion,
    document: Document,
    effective_at: datetime | None,
    now: datetime,
) -> ChangeSet:
    change = ChangeSet.objects.create(
        title=title,
        base=base,
        document=document,
        effective_at=effective_at,
        created_by=actor,
        created_at=now,
        last_edited_by=actor,
    )
    change.editors.add(actor)
    _record("change_started", change, actor, now)
    return change


def _record(name: str, change: ChangeSet, actor: User, now: datetime, **detail: Any) -> None:
    record(
        f"directory.{name}",
        actor=actor,
        object_type="change_set",
        object_id=str(change.pk),
        happened_at=now,
        detail=detail,
    )


def _locked(pk: int, *states: str) -> ChangeSet:
    change = ChangeSet.objects.select_for_update().get(pk=pk)
    if change.state not in states:
        raise ChangeRefusedError(
            f"This change is no longer what you saw: {change.get_state_display().lower()}."
        )
    return change


@transaction.atomic
def save_document(
    pk: int, actor: User, document: Document, revision: int, now: datetime
) -> ChangeSet:
    """Keep an edit of a draft, made on the page that showed `revision`."""
    change = _locked(pk, State.DRAFT)
    if change.revision != revision:
        raise ChangeRefusedError(
            f"{change.last_edited_by} changed this draft meanwhile. What you typed is still here. "
            "Look at the draft in another tab; if you save again, what you typed here counts."
        )
    change.document = document
    change.revision += 1
    change.last_edited_by = actor
    change.save(update_fields=["document", "revision", "last_edited_by"])
    change.editors.add(actor)
    _record("change_edited", change, actor, now, revision=change.revision)
    return change


@transaction.atomic
def set_start(
    pk: int, actor: User, title: str, effective_at: datetime | None, now: datetime
) -> ChangeSet:
    """Rename a draft, or set when it starts."""
    change = _locked(pk, State.DRAFT)
    change.title, change.effective_at, change.last_edited_by = title, effective_at, actor
    change.save(update_fields=["title", "effective_at", "last_edited_by"])
    change.editors.add(actor)
    _record("change_edited", change, actor, now, revision=change.revision)
    return change


@transaction.atomic
def propose(pk: int, actor: User, now: datetime) -> ChangeSet:
    """Ask a second person to approve a draft; it must be publishable as it stands."""
    change = _locked(pk, State.DRAFT)
    if not differences(change.base.document, change.document):
        raise ChangeRefusedError("This draft changes nothing yet.")
    planned_versions(change, now)
    change.state, change.proposed_at = State.PROPOSED, now
    change.save(update_fields=["state", "proposed_at"])
    _record("change_proposed", change, actor, now)
    others = [user for user in editors(now) if not change.editors.filter(pk=user.pk).exists()]
    _tell(others, change, "directory_proposed", f"proposed:{change.pk}:{change.revision}", now)
    return change


def editors(now: datetime) -> list[User]:
    """Return the directory editors at `now` (aware)."""
    return people_with([Role.DIRECTORY_EDITOR], now)


def _tell(people: list[User], change: ChangeSet, template: str, key: str, now: datetime) -> None:
    """Promise a message to each; who is no editor is led to the directory itself."""
    may_edit = {user.pk for user in editors(now)}
    enqueue_many(
        NewMessage(
            kind=template,
            channel=Message.Channel.EMAIL,
            recipient=person.email,
            template=template,
            dedupe_key=f"directory:{key}:{person.pk}",
            context={
                "link": f"/directory/edit/changes/{change.pk}/"
                if person.pk in may_edit
                else "/directory/"
            },
            priority=2,
            subject_type="change_set",
            subject_id=str(change.pk),
        )
        for person in people
    )


def approve(pk: int, actor: User, now: datetime) -> ChangeSet:
    """Approve a proposed change as a second person: it is published from its start on."""
    change = _publish(pk, State.PROPOSED, actor, now, _approved_by(actor, now))
    follow_database()
    return change


def _approved_by(actor: User, now: datetime) -> Callable[[ChangeSet], None]:
    def approve_it(change: ChangeSet) -> None:
        _refuse_own(change, actor)
        change.state, change.decided_by, change.decided_at = State.APPROVED, actor, now

    return approve_it


def _refuse_own(change: ChangeSet, actor: User) -> None:
    if change.editors.filter(pk=actor.pk).exists():
        raise ChangeRefusedError(OWN_CHANGE)


def publish_urgently(pk: int, actor: User, reason: str, now: datetime) -> ChangeSet:
    """Publish a draft with no second person. It is flagged, and rings, until somebody approves."""

    def mark(change: ChangeSet) -> None:
        change.state, change.was_urgent, change.urgent_reason = State.URGENT, True, reason

    change = _publish(pk, State.DRAFT, actor, now, mark)
    follow_database()
    ring_urgent(now)
    return change


@transaction.atomic
def _publish(
    pk: int, state: str, actor: User, now: datetime, mark: Callable[[ChangeSet], None]
) -> ChangeSet:
    """Write the version of a change set, and those scheduled after it with the change carried in.

    The oldest version is locked, so that two changes are never published over the same state.
    """
    DirectoryVersion.objects.select_for_update().order_by("id").first()
    change = _locked(pk, state)
    mark(change)
    planned = planned_versions(change, now)
    made = [write_version(document, start, actor, now, change.title) for document, start in planned]
    change.version, change.published_at = made[0], now
    change.save()
    _mark_rolled_back(change)
    name = "published_urgently" if change.state == State.URGENT else "published"
    _record(name, change, actor, now, versions=[version.slug for version in made])
    return change


def _mark_rolled_back(change: ChangeSet) -> None:
    """Say of every change between the restored version and the one left that it is rolled back."""
    if change.restores is None:
        return
    undone = ChangeSet.objects.filter(
        state__in=[State.APPROVED, State.URGENT],
        version__effective_from__gt=change.restores.effective_from,
        version__effective_from__lte=change.base.effective_from,
    )
    undone.exclude(pk=change.pk).update(state=State.ROLLED_BACK)


@transaction.atomic
def approve_afterwards(pk: int, actor: User, now: datetime) -> ChangeSet:
    """Approve an urgent change that is in force already, as a second person."""
    change = _locked(pk, State.URGENT)
    _approved_by(actor, now)(change)
    change.save(update_fields=["state", "decided_by", "decided_at"])
    _record("approved_afterwards", change, actor, now)
    return change


@transaction.atomic
def reject(pk: int, actor: User, note: str, now: datetime) -> ChangeSet:
    """Send a proposed change back, saying why."""
    change = _locked(pk, State.PROPOSED)
    change.state, change.decision_note = State.REJECTED, note
    change.decided_by, change.decided_at = actor, now
    change.save(update_fields=["state", "decision_note", "decided_by", "decided_at"])
    _record("change_rejected", change, actor, now)
    return change


@transaction.atomic
def reopen(pk: int, actor: User, now: datetime) -> ChangeSet:
    """Make a proposed or rejected change a draft again."""
    change = _locked(pk, State.PROPOSED, State.REJECTED)
    change.state, change.decided_by, change.decided_at = State.DRAFT, None, None
    change.save(update_fields=["state", "decided_by", "decided_at"])
    _record("change_reopened", change, actor, now)
    return change


@transaction.atomic
def discard(pk: int, actor: User, now: datetime) -> ChangeSet:
    """Throw a draft away; it is kept, and can be looked at."""
    change = _locked(pk, State.DRAFT, State.REJECTED)
    change.state = State.DISCARDED
    change.save(update_fields=["state"])
    _record("change_discarded", change, actor, now)
    return change


@transaction.atomic
def ring_urgent(now: datetime) -> None:
    """Tell all other editors, and the corporate lead, of urgent changes that nobody approved.

    At once and then again in each further period, until a second person approves or rolls back.
    """
    waiting = list(ChangeSet.objects.filter(state=State.URGENT).prefetch_related("editors"))
    if not waiting:
        return
    people = people_with([Role.DIRECTORY_EDITOR, Role.CORPORATE_LEAD], now)
    for change in waiting:
        periods = int((now - (change.published_at or now)) / settings.DIRECTORY_URGENT_RINGS_EVERY)
        hands = {user.pk for user in change.editors.all()}
        others = [user for user in people if user.pk not in hands]
        _tell(others or people, change, "directory_urgent", f"urgent:{change.pk}:{periods}", now)
