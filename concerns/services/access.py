"""Who may see a concern, changed by people: the access list, exclusions, restriction, break-glass.

Rank opens nothing (DESIGN section 5). Whoever has to see a record that need to know keeps from them
breaks the glass: with a reason, for minutes, announced at once to somebody independent who must
look at it afterwards. An exclusion cannot be broken.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.urls import reverse

from concerns.access import RESERVE_ROLES, Action, visible_concerns, works_concerns
from concerns.clockface import working_hours
from concerns.models import AccessGrant, BreakGlassReview, Clock, Concern, Exclusion, Note
from concerns.rules.reference import normalise_concern
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import lock_concern, settle
from concerns.services.notices import notice, tell_caseworkers
from contacts.selectors import current_directory
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.selectors import memberships_in_force
from safeguarding_portal.audit.services import count_since, record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

MINUTES = (15, 30, 60)
TRIES_AN_HOUR = 10
REVIEW_SLUG = "access_review"
REVIEW_EVERY = timedelta(days=28)
NO_SUCH = "There is no concern with this reference that you could open. Check it, or ask a manager."


def access_review_clock(concern: Concern, now: datetime) -> Clock:
    """Return the clock, unsaved, that asks whether the access list of a restricted record fits."""
    return Clock(
        concern=concern,
        slug=REVIEW_SLUG,
        label="Review who may see this",
        due_at=now + REVIEW_EVERY,
        why="A restricted record is looked at every four weeks: who still needs to see it?",
        source="The portal's own setting, for the council to confirm",
    )


@transaction.atomic
def grant_access(
    concern_id: int, actor: User, user_id: int, reason: str, until: datetime | None, now: datetime
) -> AccessGrant:
    """Name a colleague on the access list, with the reason and, if it is known, an end (aware).

    Raises `NotAllowedError` for somebody who is kept out: an exclusion wins over everything.
    """
    concern = lock_concern(concern_id, actor, now, Action.DECIDE)
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotAllowedError("Choose somebody from the staff list.")
    if _is_excluded(concern, user):
        raise NotAllowedError("This person is kept out of this report. They cannot be let in here.")
    if until is not None and until <= now:
        raise NotAllowedError("The end has passed already. Choose a later day.")
    if concern.grants.filter(user=user, revoked_at=None, kind=AccessGrant.Kind.NAMED).exists():
        raise ConflictError("They are on the access list already.")
    grant = AccessGrant.objects.create(
        concern=concern,
        user=user,
        reason=reason,
        granted_at=now,
        granted_by=actor,
        expires_at=until,
    )
    _record(concern, actor, "access.granted", grant)
    enqueue_many([_invite(grant)])
    settle(concern)
    return grant


def _invite(grant: AccessGrant) -> NewMessage:
    concern = grant.concern
    return notice(
        grant.user,
        "access_granted",
        reference=concern.reference,
        link=reverse("concerns:triage:concern", args=[concern.reference]),
        priority=concern.priority,
        key=f"{concern.reference}:{grant.pk}",
    )


@transaction.atomic
def revoke_access(grant_id: int, actor: User, now: datetime) -> AccessGrant:
    """Take somebody off the access list. The owner stays on it while they own the concern."""
    found = AccessGrant.objects.filter(pk=grant_id).values_list("concern_id", flat=True)
    concern = lock_concern(next(iter(found), 0), actor, now, Action.DECIDE)
    grant = concern.grants.get(pk=grant_id)
    if grant.revoked_at is not None:
        raise ConflictError("Someone has done this already.")
    if grant.user_id == concern.owner_id:
        raise NotAllowedError("The owner answers for this concern. Somebody else takes it first.")
    grant.revoked_at = now
    grant.save(update_fields=["revoked_at"])
    _record(concern, actor, "access.revoked", grant)
    settle(concern)
    return grant


@transaction.atomic
def exclude_person(
    concern_id: int, actor: User, user_id: int, reason: str, now: datetime
) -> Exclusion:
    """Keep a person out of the whole report from now on: every record of it, every grant.

    `reason` is one of `Exclusion.Reason`. A concern that they own has no owner then, and the leads
    are told at once.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise NotAllowedError("Choose somebody from the staff list.")
    if user == actor:
        raise NotAllowedError("You cannot keep yourself out. Ask a colleague to do it.")
    held = Exclusion.objects.filter(report=concern.report, user=user, lifted_at=None).first()
    if held is not None and held.kind == Exclusion.Kind.EXCLUDED:
        raise ConflictError("They are kept out already.")
    exclusion = held or Exclusion(report=concern.report, user=user)
    exclusion.kind, exclusion.reason = Exclusion.Kind.EXCLUDED, reason
    exclusion.save()
    AccessGrant.objects.filter(concern__report=concern.report, user=user, revoked_at=None).update(
        revoked_at=now
    )
    record(
        "exclusion.added",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="exclusion",
        object_id=str(exclusion.pk),
        detail={"reason": reason},
    )
    for owned in Concern.objects.select_for_update(of=("self",)).filter(
        report=concern.report, owner=user
    ):
        owned.owner = None
        settle(owned)
        tell_caseworkers(owned, ("lead",), "owner_left", f"excluded:{exclusion.pk}", now)
    return exclusion


@transaction.atomic
def restrict_concern(concern_id: int, actor: User, reason: str, now: datetime) -> Concern:
    """Close a concern to all but its access list; the actor and the owner stand on it at once."""
    concern = lock_concern(concern_id, actor, now, Action.DECIDE)
    if concern.restricted:
        raise ConflictError("This concern is restricted already.")
    concern.restricted = True
    named = {actor.pk, concern.owner_id or actor.pk} - set(
        concern.grants.filter(revoked_at=None).values_list("user_id", flat=True)
    )
    AccessGrant.objects.bulk_create(
        AccessGrant(concern=concern, user_id=pk, reason=reason, granted_at=now, granted_by=actor)
        for pk in sorted(named)
    )
    if not concern.clocks.filter(slug=REVIEW_SLUG).exists():
        access_review_clock(concern, now).save()
    Note.objects.create(concern=concern, author=actor, text=reason, created_at=now)
    record("access.restricted", actor=actor, concern_id=concern.pk, report_id=concern.report_id)
    settle(concern)
    return concern


@transaction.atomic
def open_restricted(concern_id: int, actor: User, reason: str, now: datetime) -> Concern:
    """Open a restricted concern to its team again; only an independent role that sees it may."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    if not concern.restricted:
        raise ConflictError("This concern is open to its team already.")
    if not memberships_in_force(actor, now).filter(role__in=RESERVE_ROLES).exists():
        raise NotAllowedError("Only the corporate lead or a director can do this.")
    concern.restricted = False
    concern.clocks.filter(slug=REVIEW_SLUG, met_at=None).update(met_at=now, met_by=actor)
    Note.objects.create(concern=concern, author=actor, text=reason, created_at=now)
    record("access.opened", actor=actor, concern_id=concern.pk, report_id=concern.report_id)
    settle(concern)
    return concern


def break_glass(
    typed_reference: str, actor: User, reason: str, minutes: int, now: datetime
) -> Concern:
    """Let a person who works concerns see one that is closed to them, for minutes.

    An excluded person, a wrong reference and a concern that does not exist get the same answer
    (`NotAllowedError`), and the try stays on record. Raises `Http404` for somebody who works no
    concerns.
    """
    if not works_concerns(actor, now):
        raise Http404
    if minutes not in MINUTES:
        raise NotAllowedError("Choose for how long.")
    if count_since(actor, "access.glass_refused", now - timedelta(hours=1)) >= TRIES_AN_HOUR:
        raise NotAllowedError("You have tried too often. Ring the corporate safeguarding lead.")
    with transaction.atomic():
        concern = _closed_to(actor, typed_reference, now)
        if concern is not None:
            return _open_for(concern, actor, reason, minutes, now)
        record("access.glass_refused", actor=actor)
    raise NotAllowedError(NO_SUCH)


def _closed_to(actor: User, typed_reference: str, now: datetime) -> Concern | None:
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("report")
        .filter(reference=normalise_concern(typed_reference))
        .first()
    )
    return None if concern is None or _is_excluded(concern, actor) else concern


def _open_for(concern: Concern, actor: User, reason: str, minutes: int, now: datetime) -> Concern:
    if visible_concerns(actor, now).filter(pk=concern.pk).exists():
        return concern
    grant = AccessGrant.objects.create(
        concern=concern,
        user=actor,
        kind=AccessGrant.Kind.BREAK_GLASS,
        reason=reason,
        granted_at=now,
        expires_at=now + timedelta(minutes=minutes),
    )
    due = working_hours(current_directory(now)).after_working_days(now, 1)
    BreakGlassReview.objects.create(grant=grant, due_at=due)
    _record(concern, actor, "access.glass_broken", grant, minutes=minutes)
    tell_reviewers(grant, "glass_broken", str(grant.pk), now)
    return concern


def reviewers_of(grant: AccessGrant, now: datetime) -> list[User]:
    """Return the independent people who may review a broken glass.

    The corporate lead and the directors, without whoever broke it and whoever is excluded.
    """
    excluded = Exclusion.objects.filter(
        report=grant.concern.report_id, user=OuterRef("pk"), lifted_at=None
    )
    reserve = User.objects.holding(RESERVE_ROLES, now)
    return list(reserve.filter(~Exists(excluded)).exclude(pk=grant.user_id))


def tell_reviewers(grant: AccessGrant, template: str, key: str, now: datetime) -> None:
    """Write one notice to each independent person; it names neither the record nor the reader."""
    enqueue_many(
        [
            notice(
                person,
                template,
                reference=grant.concern.reference,
                link=reverse("concerns:triage:access_reviews"),
                priority=grant.concern.priority,
                key=key,
            )
            for person in reviewers_of(grant, now)
        ]
    )


@transaction.atomic
def review_break_glass(
    review_id: int, actor: User, *, justified: bool, words: str, now: datetime
) -> BreakGlassReview:
    """Say whether a broken glass was right. If not, what is left of the access ends at once.

    Raises `Http404` for whoever is not independent, `ConflictError` when it was reviewed already.
    """
    review = (
        BreakGlassReview.objects.select_for_update(of=("self",))
        .select_related("grant__concern")
        .filter(pk=review_id)
        .first()
    )
    if review is None or actor not in reviewers_of(review.grant, now):
        raise Http404
    if review.reviewed_at is not None:
        raise ConflictError("Someone has reviewed this already.")
    review.reviewer, review.reviewed_at = actor, now
    review.justified, review.words = justified, words
    review.save()
    grant = review.grant
    if not justified and grant.revoked_at is None:
        grant.revoked_at = now
        grant.save(update_fields=["revoked_at"])
    _record(grant.concern, actor, "access.glass_reviewed", grant, justified=justified)
    return review


def remind_of_reviews(now: datetime) -> int:
    """Tell the independent people once a day of each review that is late; return how many."""
    late = BreakGlassReview.objects.filter(reviewed_at=None, due_at__lte=now).select_related(
        "grant__concern"
    )
    for review in late:
        with transaction.atomic():
            key = f"{review.grant_id}:{now.date().isoformat()}"
            tell_reviewers(review.grant, "glass_not_reviewed", key, now)
    return len(late)


def _is_excluded(concern: Concern, user: User) -> bool:
    return Exclusion.objects.filter(report=concern.report_id, user=user, lifted_at=None).exists()


def _record(
    concern: Concern, actor: User, name: str, grant: AccessGrant, **detail: int | bool
) -> None:
    record(
        name,
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="grant",
        object_id=str(grant.pk),
        detail={"user": grant.user_id, **detail},
    )
