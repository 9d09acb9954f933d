"""Whom to call: the public page (no sign-in, no script, no database), and the directory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.access import is_editor
from contacts.bundle import FIRST
from contacts.care import Light, care_rows, lights
from contacts.directory import Agency, Answer, Directory, DirectoryGapError, Line
from contacts.models import ChangeSet
from contacts.preview import answer_or_none, unusual_days
from contacts.selectors import current_directory
from contacts.signing import public_key
from contacts.words import hours_words
from safeguarding_portal.http import PersonRequest

# How far ahead an agency's page tells of bank holidays and other unusual days.
COMING_DAYS = 60


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


@dataclass(frozen=True)
class Entry:
    """An agency of the directory: the answer now, and its lines with their hours in words."""

    agency: Agency
    answer: Answer | None
    lines: tuple[tuple[Line, list[str], Light | None], ...]


@require_safe
def directory(request: PersonRequest) -> HttpResponse:
    """Show all agencies and lines to anybody who signs in; editors also see what needs care."""
    now = timezone.now()
    found = current_directory(now)
    context = _for_editors(request, found, now)
    context["entries"] = [entry(found, slug, now, context["lights"]) for slug in found.agencies]
    return render(request, "contacts/directory.html", context)


@require_safe
def agency(request: PersonRequest, slug: str) -> HttpResponse:
    """Show one agency, at an address that can be sent."""
    now = timezone.now()
    found = current_directory(now)
    if slug not in found.agencies:
        raise Http404
    context = _for_editors(request, found, now)
    shown = entry(found, slug, now, context["lights"])
    own = replace(found, lines={line.slug: line for line, _, _ in shown.lines})
    context |= {"entry": shown, "unusual": unusual_days(own, timezone.localdate(now), COMING_DAYS)}
    return render(request, "contacts/agency.html", context)


def _for_editors(request: PersonRequest, found: Directory, now: datetime) -> dict[str, Any]:
    may_edit = is_editor(request.user, now)
    return {
        "directory": found,
        "now": now,
        "may_edit": may_edit,
        "lights": lights(care_rows(found, now)) if may_edit else {},
        "urgent": list(ChangeSet.objects.filter(state=ChangeSet.State.URGENT).defer("document")),
    }


def entry(directory: Directory, slug: str, now: datetime, marks: Mapping[str, Light]) -> Entry:
    """Return what the directory shows of an agency at `now` (aware)."""
    try:
        chain = directory.chain(slug)
    except DirectoryGapError:
        chain = ()
    lines = tuple((line, hours_words(line.hours), marks.get(line.slug)) for line in chain)
    return Entry(directory.agencies[slug], answer_or_none(directory, slug, now), lines)
