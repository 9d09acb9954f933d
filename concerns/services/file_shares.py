"""Letting an agency have files of a record, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.http import Http404

from concerns.access import Action
from concerns.models import FileShare, LegEvent, Referral
from concerns.selectors.files import files_of_concern, shared_files
from concerns.services.errors import NotAllowedError
from concerns.services.ledger import lock_concern
from concerns.services.legs import note_on_leg
from safeguarding_portal.audit.services import record
from safeguarding_portal.files.services import Content, read

if TYPE_CHECKING:
    from concerns.models import Attachment, Concern
    from safeguarding_portal.accounts.models import User


def shareable_referrals(concern: Concern) -> list[Referral]:
    """Return the agencies that have, or may still open, a referral of this record."""
    return list(concern.referrals.exclude(state=Referral.State.WITHDRAWN).order_by("pk"))


@transaction.atomic
def share_file(
    concern_id: int, file_id: UUID, actor: User, referral_ids: Iterable[int], now: datetime
) -> None:
    """Let exactly these agencies have a file, from `now` (aware) on; others lose it.

    Raises `Http404` for a file that is not on the record, `NotAllowedError` for one that is not
    clean or an agency that has no referral.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    item = files_of_concern(concern).filter(pk=file_id).first()
    if item is None:
        raise Http404
    referrals = {referral.pk: referral for referral in shareable_referrals(concern)}
    wanted = set(referral_ids)
    if not wanted <= set(referrals):
        raise NotAllowedError("That agency has no referral of this concern. Choose again")
    if wanted and not (item.file and item.file.may_be_given_out):
        raise NotAllowedError("This file has not passed the virus check. It cannot be shared yet")
    shares = FileShare.objects.filter(attachment=item, ended_at=None, referral__in=referrals)
    has = {share.referral_id: share for share in shares}
    for pk in wanted - set(has):
        FileShare.objects.create(
            attachment=item, referral=referrals[pk], shared_by=actor, shared_at=now
        )
        _record("file.shared", item, referrals[pk], actor)
    for pk in set(has) - wanted:
        has[pk].ended_at, has[pk].ended_by = now, actor
        has[pk].save(update_fields=["ended_at", "ended_by"])
        _record("file.share_ended", item, referrals[pk], actor)


def download_shared(referral: Referral, file_id: UUID, now: datetime) -> Content:
    """Give an agency's person a file that was shared; that it was taken is written first.

    The caller has checked that this browser typed the code. Raises `Http404` for any other file.
    """
    item = next((one for one in shared_files(referral) if one.pk == file_id), None)
    content = read(item.file) if item is not None and item.file is not None else None
    if item is None or content is None:
        raise Http404
    with transaction.atomic():
        note_on_leg(referral, LegEvent.Kind.DOWNLOADED, now, evidence=f"file:{item.pk}")
        _record("file.handed_out", item, referral, None)
    return content


def _record(name: str, item: Attachment, referral: Referral, actor: User | None) -> None:
    record(
        name,
        actor=actor,
        actor_label="" if actor else "agency",
        concern_id=referral.concern_id,
        report_id=item.report_id,
        object_type="attachment",
        object_id=str(item.pk),
        detail={"agency": referral.agency_slug, "hash": item.sha256},
    )
