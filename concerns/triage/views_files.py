"""Which agencies may have a file of a concern."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.access import get_concern_or_404
from concerns.files.forms import ShareForm
from concerns.selectors.files import files_with_shares
from concerns.services.file_shares import share_file, shareable_referrals
from concerns.triage.pages import ActPage
from contacts.selectors import agency_name
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.http import GET_POST, PersonRequest


@require_http_methods(GET_POST)
def share(request: PersonRequest, reference: str, file_id: UUID) -> HttpResponse:
    """Choose the agencies that may have a file."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    item = next((one for one in files_with_shares(concern) if one.pk == file_id), None)
    if item is None:
        raise Http404
    agencies = [(str(one.pk), agency_name(one.agency_slug)) for one in shareable_referrals(concern)]
    now_shared = {"raw": {"agencies": [str(one.referral_id) for one in item.in_force]}}  # type: ignore[attr-defined]

    def act(form: Any, version: int, now: datetime) -> None:
        chosen = [int(pk) for pk in form.cleaned_data["agencies"]]
        share_file(concern.pk, item.pk, request.user, chosen, now)

    return ActPage(
        concern,
        ShareForm(agencies, **(given(request) or now_shared)),
        act,
        done="Who may have the file is recorded.",
        section="files",
        context={"intro": item.name},
    ).answer(request)
