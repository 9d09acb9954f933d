"""The public page that tells whom to call. No sign-in, no script and no database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.bundle import FIRST
from contacts.directory import Directory
from contacts.selectors import current_directory
from contacts.signing import public_key


@login_not_required
@require_safe
def get_help_now(request: HttpRequest) -> HttpResponse:
    """Show the numbers to call at this minute, the three most needed first."""
    now = timezone.now()
    directory = current_directory(now)
    return render(request, "contacts/get_help_now.html", page(directory, now))


def page(directory: Directory, now: datetime) -> dict[str, Any]:
    """Return what the page shows at `now` (aware)."""
    first = [(title, directory.who_to_call(slug, now)) for slug, title in FIRST]
    shown = {slug for slug, _ in FIRST}
    others = [directory.who_to_call(slug, now) for slug in directory.agencies if slug not in shown]
    return {
        "first": first,
        "others": others,
        "now": now,
        "directory": directory,
        "public_key": public_key(),
    }
