"""Numbers for whoever watches the portal: plain text that Prometheus reads, by a token only.

Counts of concerns and of gaps in custody, and the age of what waits; never a reference. Without
METRICS_TOKEN, or with another token, the address does not exist.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concerns.selectors.reconcile import custody_sum, open_gap_counts
from concerns.selectors.wellbeing import wellbeing
from safeguarding_portal.files.work import scan_numbers

AGES = {
    "oldest_message": "Age of the oldest message that waits to be sent.",
    "sweep_lag": "For how long the oldest due message has not been taken up.",
    "oldest_unaccepted_p1": "Age of the oldest P1 concern that nobody has accepted.",
    "seal_lag": "Age of the oldest audit event without a seal.",
    "beat_silence": "Time since beat last handed a task to the queue.",
    "delivery_proved": "Age of the last synthetic concern that came through.",
}


@login_not_required
@never_cache
@require_safe
def custody(request: HttpRequest) -> HttpResponse:
    """Return the sum of custody and the gaps in it."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    now = timezone.now()
    total = custody_sum(now)
    lines = [
        "# HELP portal_custody_concerns Concerns by how they are held.",
        "# TYPE portal_custody_concerns gauge",
        *(f'portal_custody_concerns{{held="{name}"}} {n}' for name, n in total.numbers().items()),
        "# HELP portal_custody_gaps Concerns that nothing holds, by what is missing.",
        "# TYPE portal_custody_gaps gauge",
        *(f'portal_custody_gaps{{kind="{kind}"}} {n}' for kind, n in open_gap_counts().items()),
        "# HELP portal_files Files short of clean; stuck for ten minutes; seconds of the oldest.",
        "# TYPE portal_files gauge",
        *(f'portal_files{{state="{state}"}} {n}' for state, n in scan_numbers(now).items()),
    ]
    lines += _ages(now)
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")


def _ages(now: datetime) -> list[str]:
    """Return what waits longest at each place, in seconds; 0 where nothing waits."""
    found = wellbeing(now)
    lines = []
    for name, words in AGES.items():
        age: timedelta | None = getattr(found, name)
        lines += [
            f"# HELP portal_{name}_seconds {words}",
            f"# TYPE portal_{name}_seconds gauge",
            f"portal_{name}_seconds {age.total_seconds() if age else 0:.0f}",
        ]
    return [
        *lines,
        "# HELP portal_delivery_delayed Whether the last proof of delivery is too old.",
        "# TYPE portal_delivery_delayed gauge",
        f"portal_delivery_delayed {int(found.is_delayed)}",
    ]
