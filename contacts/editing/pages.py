"""What the editing pages share: finding a change, and a form that never loses what was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from contacts.models import ChangeSet
from contacts.publishing import ChangeRefusedError
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest

UNPROCESSABLE = 422


def get_change(pk: int) -> ChangeSet:
    """Return a change set; 404 for one that does not exist."""
    found = (
        ChangeSet.objects.select_related("base", "version", "created_by", "decided_by")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_draft(pk: int) -> ChangeSet:
    """Return a change set that may still be edited; 404 for any other."""
    change = get_change(pk)
    if not change.is_editable:
        raise Http404
    return change


def revision_of(request: PersonRequest, change: ChangeSet) -> int:
    """Return the revision that the page was made from."""
    sent = request.POST.get("revision", str(change.revision))
    return int(sent) if sent.isdecimal() and len(sent) < 9 else 0


def form_page(
    request: PersonRequest,
    form: PortalForm,
    act: Callable[[Any], object],
    *,
    done: str,
    back: str,
    template: str = "contacts/editing/form.html",
    **context: Any,
) -> HttpResponse:
    """Show a form, or do what it asks and go back; on refusal say why, above what was typed.

    `act` may return an address to go to instead.
    """
    status = 200
    # The revision that this page was made from stays until a refusal has said that it is old.
    context["revision"] = request.POST.get("revision", "")
    if request.method == "POST":
        if form.is_valid():
            try:
                target = act(form)
            except ChangeRefusedError as refusal:
                add_refusal(form, refusal)
                context["revision"] = ""
            else:
                messages.success(request, done)
                return redirect(target if isinstance(target, str) else back)
        status = UNPROCESSABLE
    context |= {"form": form, "back_url": back}
    return render(request, template, context, status=status)


def add_refusal(form: PortalForm, refusal: ChangeRefusedError) -> None:
    """Say on a form why a service refused."""
    for words in (str(refusal), *(f"{one.where}: {one.what}" for one in refusal.problems)):
        form.add_error(None, words)
