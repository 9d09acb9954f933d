"""Posters and pocket cards. Public: they hold public numbers only."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.poster import SIZES, poster_pdf, poster_text
from safeguarding_portal.accounts.models import Directorate

# The sheet that names no directorate.
COUNCIL = "council"


@login_not_required
@require_safe
def posters(request: HttpRequest) -> HttpResponse:
    """List what can be printed, for the council and for each directorate."""
    places = [(COUNCIL, ""), *Directorate.objects.values_list("slug", "name")]
    return render(request, "contacts/poster/list.html", {"places": places, "sizes": SIZES})


@login_not_required
@require_safe
def poster(request: HttpRequest, slug: str, size: str) -> HttpResponse:
    """Hand out a poster or a pocket card as PDF."""
    if size not in SIZES:
        raise Http404
    made = poster_pdf(_place(slug), size, timezone.now())
    name = f"safeguarding-numbers-{slug}-{size}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@login_not_required
@require_safe
def text(request: HttpRequest, slug: str) -> HttpResponse:
    """Hand out the same as plain text."""
    words = poster_text(_place(slug), timezone.now())
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def short(request: HttpRequest) -> HttpResponse:
    """Lead from the address on paper to the numbers."""
    return redirect("contacts:get_help_now")


def _place(slug: str) -> str:
    """Return the name of a directorate, empty for the council; 404 for one that is not known."""
    if slug == COUNCIL:
        return ""
    name = Directorate.objects.filter(slug=slug).values_list("name", flat=True).first()
    if name is None:
        raise Http404
    return name
