"""Read and understood."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from policies.confirmations import readings
from policies.models import Confirmation, DocumentVersion
from policies.services.drafts import log
from policies.services.errors import PolicyError
from policies.standing import Asks
from safeguarding_portal.accounts.models import User

_DOUBLE_CLICK = timedelta(minutes=5)


@transaction.atomic
def confirm(user: User, version: DocumentVersion, read: Asks, now: datetime) -> Confirmation | None:
    """Record that the person has read and understood the version; `read` is what the page showed.

    Twice in a moment (a double click) counts once: then None. Raises `PolicyError` when another
    version came into force while they read.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    reading = next(iter(readings(now, pk=version.document_id)), None)
    if reading is None or reading.in_force.pk != version.pk:
        raise PolicyError("Another version is in force by now. Read it before you confirm")
    whole = read == Asks.WHOLE
    just_now = Confirmation.objects.filter(
        user=user, version=version, whole=whole, confirmed_at__gt=now - _DOUBLE_CLICK
    )
    if just_now.exists():
        return None
    made = Confirmation.objects.create(user=user, version=version, whole=whole, confirmed_at=now)
    log("policy.confirmed", reading.document, user, now, number=version.number, whole=whole)
    return made
