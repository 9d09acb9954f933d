"""A form that was filled while somebody else changed the concern: say what changed, keep the text.

The form carries the newest event it was opened upon (`seen`). When others have done something
since, the first sending shows what, above the form with everything typed in it; sending again is
then with open eyes. Nothing is overwritten in silence, and a fact is never refused for good.
"""

from __future__ import annotations

from concerns.models import Concern
from concerns.selectors.news import changes_since, last_event_id
from concerns.triage.chronology import Entry, event_words
from safeguarding_portal.accounts.kept_pages import kept_answers
from safeguarding_portal.http import PersonRequest

FIELD = "seen"


def changes_while_open(request: PersonRequest, concern: Concern) -> list[Entry]:
    """Return what others did since the posted form was opened, in words; nothing if unchanged."""
    seen = request.POST.get(FIELD, "")
    if not (seen.isascii() and seen.isdecimal() and len(seen) < 18):
        return []
    return [event_words(item) for item in changes_since(request.user, concern.pk, int(seen))]


def opened_upon(request: PersonRequest, concern: Concern) -> str:
    """Return the value of the hidden field for a form that is shown now.

    A page that was kept over a sign-in goes on from when it was first opened.
    """
    kept = None if request.method == "POST" else kept_answers(request)
    return (kept.get(FIELD) if kept else None) or str(last_event_id(concern.pk))
