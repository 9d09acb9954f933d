"""The answer to a request for one's own data: letter and items, as PDF and as JSON.

Made only from `released`, the words that were agreed: the original is not read here, so nothing of
what was taken out can lie hidden in a file. An officer downloads it and hands it over by hand.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import Http404

from concerns.dates import local_date
from concerns.models import AccessCandidate, AccessGathering, AccessItem, Referral
from concerns.rules import access_requests as rules
from concerns.selectors.personal_data_sources import SOURCE
from concerns.services.errors import NotAllowedError
from concerns.services.subject_access import finish, lock_request
from concerns.services.tell_agencies import HAD_IT
from contacts.selectors import agency_name
from safeguarding_portal.audit.services import record
from safeguarding_portal.design_system.dates import words_for
from safeguarding_portal.documents import pdf_of_typed

if TYPE_CHECKING:
    from concerns.models import AccessRequest
    from safeguarding_portal.accounts.models import User

VERSION = "1.0"
PDF, JSON = "pdf", "json"
CONTENT_TYPES = {PDF: "application/pdf", JSON: "application/json"}
TEMPLATE = "subject_access/answer.typ"
# A comparison with the record older than this is made again.
FRESH = timedelta(days=1)


def answer_pack(request: AccessRequest, now: datetime) -> dict[str, Any]:
    """Return what is handed over, as JSON-able data (`subject-access-answer.schema.json`)."""
    items = list(request.items.filter(gone_at=None))
    given = [item for item in items if item.decision == AccessItem.Decision.GIVE]
    return {
        "version": VERSION,
        "made_on": local_date(now).isoformat(),
        "request": {
            "reference": request.reference,
            "received_on": request.received_on.isoformat(),
            "about": request.about,
            "to": request.requester_name,
            "person": request.name,
        },
        "controller": settings.DATA_PROTECTION_CONTACT,
        "letter": _letter(),
        "recipients": _recipients(request),
        "held_back": _held_back(items),
        "items": [
            {
                "source": item.source,
                "title": SOURCE[item.source].title,
                "kind": item.title,
                "on": local_date(item.at).isoformat() if item.at else None,
                "on_words": words_for(local_date(item.at)) if item.at else "",
                "text": item.released,
            }
            for item in given
        ],
    }


def _letter() -> list[dict[str, str]]:
    return [{"title": row.title, "words": row.words} for row in rules.LETTER] + [
        {
            "title": "The Commissioner",
            "words": f"You may also complain to the {rules.COMMISSIONER}, or go to a court.",
        }
    ]


def _recipients(request: AccessRequest) -> list[str]:
    """Return the agencies that had any of the concerns, by name."""
    confirmed = request.candidates.filter(state=AccessCandidate.State.CONFIRMED)
    slugs = Referral.objects.filter(concern__in=confirmed.values("concern"), state__in=HAD_IT)
    return sorted({agency_name(slug) for slug in slugs.values_list("agency_slug", flat=True)})


def _held_back(items: list[AccessItem]) -> list[str]:
    """Return why words or items were held back, as far as telling it does no harm."""
    used = {item.exemption for item in items if item.exemption}
    for item in items:
        if item.decision == AccessItem.Decision.GIVE:
            used |= set(item.redactions.filter(dropped_at=None).values_list("exemption", flat=True))
    return [row.told for row in rules.EXEMPTIONS if row.slug in used and row.told]


def last_comparison(request: AccessRequest, now: datetime) -> AccessGathering | None:
    """Return the comparison with the record that still counts: after the check, and fresh."""
    agreed = [check.answered_at for check in request.checks.all() if check.agreed]
    if request.state != rules.AGREED or not agreed:
        return None
    since = max(agreed[0] or now, now - FRESH)
    return next(
        (
            run
            for run in request.gatherings.all()
            if run.kind == AccessGathering.Kind.COMPARE and run.done_at and run.done_at >= since
        ),
        None,
    )


def may_download(request: AccessRequest, now: datetime) -> bool:
    """Whether the answer may be taken: agreed, compared, and every change answered for."""
    compared = last_comparison(request, now)
    return compared is not None and (not compared.changes or bool(request.changes_left_out))


@transaction.atomic
def leave_out_changes(pk: int, actor: User, why: str, now: datetime) -> None:
    """Record why what changed in the record since is not in the answer."""
    request = lock_request(pk, actor, now, "hand_over")
    request.changes_left_out = why
    request.save(update_fields=["changes_left_out"])
    record(
        "access_request.changes_left_out",
        actor=actor,
        object_type="access_request",
        object_id=str(pk),
    )


def download(request: AccessRequest, form: str, actor: User, now: datetime) -> bytes:
    """Return the answer as a file; that it was taken is written before it is given.

    Raises `Http404` for whoever does not handle the request, `NotAllowedError` before it is agreed
    and compared, `KeyError` for another form.
    """
    if request.officer_id != actor.pk:
        raise Http404
    if not may_download(request, now):
        raise NotAllowedError("It is not ready to be handed over.")
    pack = answer_pack(request, now)
    content = {PDF: lambda: pdf_of_typed(TEMPLATE, pack, now), JSON: lambda: _as_json(pack)}[form]()
    with transaction.atomic():
        record(
            "access_request.exported",
            actor=actor,
            object_type="access_request",
            object_id=str(request.pk),
            detail={
                "reference": request.reference,
                "form": form,
                "sha256": hashlib.sha256(content).hexdigest(),
            },
        )
    return content


def _as_json(pack: dict[str, Any]) -> bytes:
    return json.dumps(pack, ensure_ascii=False, indent=2).encode()


@transaction.atomic
def hand_over(pk: int, actor: User, how: str, now: datetime) -> AccessRequest:
    """Record how the answer was handed over; the request ends, and so does every leave to read."""
    request = lock_request(pk, actor, now, "hand_over")
    if not may_download(request, now):
        raise NotAllowedError("Look for changes of the record first, and answer for them.")
    finish(request, actor, "hand_over", how, now)
    return request
