"""Who has a concern open at this minute: a hint in the cache, never a promise.

Only people who may see the concern are ever named, and only to others who may: an excluded person
neither leaves nor finds a trace. With the cache away nobody is shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.cache import cache

from concerns.selectors.readers import readers_of

if TYPE_CHECKING:
    from concerns.models import Concern
    from safeguarding_portal.accounts.models import User

# Seconds without a sign after which a person has gone; a page gives a sign every twenty.
GONE_AFTER = 50


def others_reading(concern: Concern, user: User, now: datetime) -> list[User]:
    """Note that the person, who is allowed to, has the concern open; return who else has."""
    key, moment = f"reading:{concern.pk}", int(now.timestamp())
    known: dict[int, int] = cache.get(key) or {}
    here = {pk: at for pk, at in known.items() if 0 <= moment - at < GONE_AFTER}
    cache.set(key, here | {user.pk: moment}, GONE_AFTER)
    others = [pk for pk in here if pk != user.pk]
    return list(readers_of(concern, now).filter(pk__in=others)) if others else []
