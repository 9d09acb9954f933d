"""Who answers for a document, who must read it, and checks of the national documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from policies.models import Document, NationalSource
from policies.services.drafts import log
from policies.services.publish import keep_states, one_at_a_time
from safeguarding_portal.accounts.models import Directorate, User
from safeguarding_portal.audit.services import record


@dataclass(frozen=True)
class Settings:
    """What a policy editor sets about a document as a whole; empty audiences are everybody."""

    title: str
    about: str
    owner_id: int | None
    owner_post: str
    must_confirm: bool
    within_days: int
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    directorates: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@transaction.atomic
def change_settings(document_id: int, new: Settings, actor: User, now: datetime) -> None:
    """Change them; people are asked to confirm from now (aware) on, never from earlier.

    A new title is in force at once; the address and every link stay.
    """
    moment = one_at_a_time(now)
    document = Document.objects.get(pk=document_id)
    if new.must_confirm and not document.must_confirm:
        document.asked_since = now
    document.title, document.about = new.title, new.about
    document.owner_id, document.owner_post = new.owner_id, new.owner_post
    document.must_confirm, document.confirm_within_days = new.must_confirm, new.within_days
    document.audience_kinds, document.audience_roles = list(new.kinds), list(new.roles)
    document.save()
    document.audience_directorates.set(Directorate.objects.filter(slug__in=new.directorates))
    document.sources.set(NationalSource.objects.filter(slug__in=new.sources))
    keep_states(moment)
    log(
        "policy.settings_changed",
        document,
        actor,
        now,
        owner_id=new.owner_id,
        must_confirm=new.must_confirm,
        within_days=new.within_days,
    )


@transaction.atomic
def record_check(
    source_id: int, status: str, url: str, note: str, actor: User, now: datetime
) -> None:
    """Record what a person found when they looked a national document up."""
    source = NationalSource.objects.select_for_update(of=("self",)).get(pk=source_id)
    source.status, source.url, source.note = status, url, note
    source.checked_on, source.checked_by = timezone.localdate(now), actor
    source.save()
    record(
        "policy.source_checked",
        actor=actor,
        object_type="national_source",
        object_id=source.slug[:60],
        happened_at=now,
        detail={"status": status},
    )
