"""Which batches of paper forms a person sees."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from concerns.access import works_concerns
from concerns.models import PaperBatch

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

PAGE_SIZE = 100


def batches_seen_by(user: User, now: datetime) -> QuerySet[PaperBatch]:
    """Return the batches, newest first, each with how many forms it has and how many are out.

    A batch holds references and no story, so everybody who works concerns sees all of them; others
    see what they hold.
    """
    seen = PaperBatch.objects.select_related("holder", "issued_by").annotate(
        issued=Count("forms"),
        out=Count("forms", filter=Q(forms__report=None, forms__voided_at=None)),
    )
    return seen if works_concerns(user, now) else seen.filter(holder=user)


def get_batch_or_404(user: User, pk: int, now: datetime) -> PaperBatch:
    """Fetch and authorise in one step; raise `Http404`, the same for absent and for forbidden."""
    found = batches_seen_by(user, now).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
