"""How a person wants the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from concerns.models import TriagePreference

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


def preference_of(user: User) -> TriagePreference:
    """Return what the person has chosen, or the default, which is not stored."""
    return TriagePreference.objects.filter(user=user).first() or TriagePreference(user=user)
