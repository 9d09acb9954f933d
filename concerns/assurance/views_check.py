"""Is the trail whole? The last check, and a new one on request, with its progress."""

from __future__ import annotations

import logging

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from kombu.exceptions import OperationalError

from concerns.assurance.pages import GET_POST, for_auditors
from safeguarding_portal.audit.chain import public_key_text
from safeguarding_portal.audit.checks import ask_for_check, progress_of
from safeguarding_portal.audit.models import TrailCheck
from safeguarding_portal.audit.tasks import check as check_task
from safeguarding_portal.audit.trail import trail_state
from safeguarding_portal.http import PersonRequest

logger = logging.getLogger(__name__)
SHOWN = 10


@require_http_methods(GET_POST)
@for_auditors
def check(request: PersonRequest) -> HttpResponse:
    """Show what the checks found; a POST asks for another one."""
    if request.method == "POST":
        ask_for_check(request.user, timezone.now())
        try:
            check_task.delay()
        except OperationalError:
            logger.warning("the queue is away: the check waits for the next minute")
        messages.success(request, "The check has been asked for.")
        return redirect("concerns:assurance:check")
    checks = list(TrailCheck.objects.select_related("asked_by")[:SHOWN])
    running = next((item for item in checks if item.finished_at is None), None)
    context = {
        "state": trail_state(),
        "running": running,
        "progress": progress_of(running) if running else 100,
        "checks": [item for item in checks if item.finished_at is not None],
        "public_key": public_key_text(),
    }
    return render(request, "assurance/check.html", context)
