"""Keeping filters and preferences, and telling people what is new in what they watch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from concerns.models import FilterWatch, SavedFilter, TriagePreference
from concerns.rules.case import LONDON
from concerns.selectors.queue import COUNT_LIMIT
from concerns.services.errors import ConflictError, NotAllowedError
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import Team, User

    # Which concerns a person sees in a saved filter now: at most 1,001 ids.
    Matching = Callable[[SavedFilter, User, datetime], list[int]]

MAX_FILTERS = 100


@transaction.atomic
def save_filter(
    owner: User, name: str, query: dict[str, list[str]], team: Team | None, now: datetime
) -> SavedFilter:
    """Keep a filter under a name. Raises `ConflictError` when the person has one of this name."""
    if SavedFilter.objects.filter(owner=owner).count() >= MAX_FILTERS:
        raise NotAllowedError(f"You have {MAX_FILTERS} saved filters. Remove one first.")
    if SavedFilter.objects.filter(owner=owner, name=name).exists():
        raise ConflictError("You have a filter of this name. Choose another name.")
    kept = SavedFilter.objects.create(
        owner=owner, name=name, query=query, team=team, created_at=now
    )
    _record("filter.saved", owner, kept)
    return kept


@transaction.atomic
def remove_filter(kept: SavedFilter, actor: User) -> None:
    """Remove a filter of the actor's own, with what others wanted to be told of it."""
    _record("filter.removed", actor, kept)
    kept.delete()


def _record(name: str, actor: User, kept: SavedFilter) -> None:
    record(name, actor=actor, object_type="saved_filter", object_id=str(kept.pk))


@transaction.atomic
def watch_filter(
    kept: SavedFilter, user: User, *, on_new: bool, threshold: int | None, matching: list[int]
) -> None:
    """Set what the person wants to be told of a filter; what fits it now is no news."""
    wanted = {
        "on_new": on_new,
        "threshold": threshold,
        "known": matching,
        "is_over": threshold is not None and len(matching) > threshold,
    }
    FilterWatch.objects.update_or_create(saved_filter=kept, user=user, defaults=wanted)
    record(
        "filter.watched",
        actor=user,
        object_type="saved_filter",
        object_id=str(kept.pk),
        detail={"on_new": on_new, "threshold": threshold},
    )


@dataclass(frozen=True)
class Wanted:
    """What a person chose; `at` is a wall time in Europe/London."""

    show_names: bool
    shortcuts: bool
    digest: str
    at: time


@transaction.atomic
def save_preference(user: User, wanted: Wanted) -> TriagePreference:
    """Keep how a person wants the queue; turning names on is recorded, and so is off."""
    kept, _ = TriagePreference.objects.update_or_create(
        user=user,
        defaults={
            "show_names": wanted.show_names,
            "shortcuts": wanted.shortcuts,
            "digest": wanted.digest,
            "digest_at": wanted.at,
        },
    )
    record(
        "preference.changed",
        actor=user,
        detail={"names": wanted.show_names, "digest": wanted.digest},
    )
    return kept


def is_digest_due(kept: TriagePreference, now: datetime) -> bool:
    """Whether a digest is due at `now` (aware): an hour after the last, or once a day at its time.

    The wall time of London counts, so that eight o'clock is eight o'clock in summer and in winter;
    where the clock jumps over it, the first moment after it.
    """
    last = kept.digest_sent_at
    if kept.digest == TriagePreference.Digest.HOURLY:
        return last is None or now - last >= timedelta(hours=1)
    local = now.astimezone(LONDON)
    sent_today = last is not None and last.astimezone(LONDON).date() >= local.date()
    is_daily = kept.digest == TriagePreference.Digest.DAILY
    return is_daily and not sent_today and local.time() >= kept.digest_at


def send_digests(now: datetime, matching: Matching) -> int:
    """Tell everybody whose digest is due of the news in their filters; return how many messages.

    Each person in a transaction of their own, locked, so that two beats send one. Alerts about P1
    and late concerns do not come from here and cannot be turned off.
    """
    due = TriagePreference.objects.exclude(digest=TriagePreference.Digest.OFF).filter(
        user__is_active=True
    )
    people = [kept.pk for kept in due if is_digest_due(kept, now)]
    return sum(_send_digest(pk, now, matching) for pk in people)


@transaction.atomic
def _send_digest(user_id: int, now: datetime, matching: Matching) -> bool:
    kept = (
        TriagePreference.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("user")
        .filter(pk=user_id)
        .first()
    )
    if kept is None or not is_digest_due(kept, now):
        return False
    news = [watch for watch in _watches(kept.user) if _has_news(watch, now, matching)]
    kept.digest_sent_at = now
    kept.save(update_fields=["digest_sent_at"])
    if not news:
        return False
    enqueue_many(
        [
            NewMessage(
                kind="filter_news",
                channel="email",
                recipient=kept.user.email,
                template="filter_news",
                context={"link": reverse("concerns:triage:filters")},
                dedupe_key=f"filter_news:{user_id}:{now:%Y%m%d%H%M}",
                subject_type="user",
                subject_id=str(user_id),
            )
        ]
    )
    record("digest.sent", actor_label="clock", object_type="user", object_id=str(user_id))
    return True


def _watches(user: User) -> list[FilterWatch]:
    """Return what the person watches and may still open: their own, or of a team of theirs."""
    wanted = Q(on_new=True) | Q(threshold__isnull=False)
    return list(
        FilterWatch.objects.filter(wanted, user=user)
        .filter(Q(saved_filter__owner=user) | Q(saved_filter__team__memberships__user=user))
        .select_related("saved_filter", "user")
        .distinct()
    )


def _has_news(watch: FilterWatch, now: datetime, matching: Matching) -> bool:
    """Whether something new fits, or the count has passed the threshold; remembers both."""
    ids = matching(watch.saved_filter, watch.user, now)
    is_new = watch.on_new and not set(ids) <= set(watch.known)
    is_over = watch.threshold is not None and len(ids) > watch.threshold
    passed = is_over and not watch.is_over
    watch.known, watch.is_over = ids[: COUNT_LIMIT + 1], is_over
    watch.save(update_fields=["known", "is_over"])
    return is_new or passed
