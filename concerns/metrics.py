"""Numbers for whoever watches the portal: plain text that Prometheus reads, by a token only.

Counts of concerns and of gaps in custody, never a reference. Without METRICS_TOKEN, or with another
token, the address does not exist.
"""

from __future__ import annotations

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from concerns.selectors.reconcile import custody_sum, open_gap_counts
from safeguarding_portal.files.work import scan_numbers


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
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")
