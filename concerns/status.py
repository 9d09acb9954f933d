"""The status page, for anybody who is signed in: is the portal well, and if not, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from concerns.selectors.wellbeing import Wellbeing, wellbeing

# From when on each age is a fault: what waits is looked at every minute, so a few are normal.
LIMITS = {
    "oldest_message": ("Messages that wait to be sent", timedelta(minutes=15)),
    "sweep_lag": ("Messages that nobody has taken up", timedelta(minutes=5)),
    "beat_silence": ("Since the clock of the portal last beat", timedelta(minutes=3)),
    "seal_lag": ("Events that wait for their seal", timedelta(minutes=5)),
}


@dataclass(frozen=True)
class Part:
    """One thing that can wait: its name, for how long at most it has, and whether that is well."""

    name: str
    age: timedelta | None
    is_well: bool


def parts(found: Wellbeing) -> list[Part]:
    """Return what can wait, each judged by its limit."""
    ages = ((words, getattr(found, name), limit) for name, (words, limit) in LIMITS.items())
    return [Part(words, age, age is None or age <= limit) for words, age, limit in ages]


@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show whether reports reach agencies now."""
    found = wellbeing(timezone.now())
    shown = parts(found)
    context = {
        "parts": shown,
        "found": found,
        "is_well": not found.is_delayed and all(part.is_well for part in shown),
    }
    return render(request, "pages/status.html", context)
