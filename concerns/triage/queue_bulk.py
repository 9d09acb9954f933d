"""One act on many concerns of the queue: pick, say what, see what came of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns.access import Scope
from concerns.models import Bundle
from concerns.selectors.saved_filters import bundle_options, colleague_options
from concerns.services import bulk
from concerns.services.bulk import Picked, RowResult
from concerns.services.reclassify import change_priority
from concerns.triage.forms_queue import AssignForm, BundleForm, PriorityForm
from concerns.triage.views_queue import is_reference, scope_or_404
from safeguarding_portal.accounts.models import User
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest

Done = list[RowResult]


def _picked(request: PersonRequest) -> list[Picked]:
    """Read "reference:version" of each row; what is not of that kind was never picked."""
    found = []
    for item in request.POST.getlist("picked")[: bulk.MAX_ROWS]:
        reference, _, version = item.partition(":")
        is_number = version.isascii() and version.isdecimal() and len(version) < 10
        if is_number and is_reference(reference):
            found.append(Picked(reference, int(version)))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: PersonRequest) -> HttpResponse:
    """Do one act to all picked rows, asking first for what it needs."""
    now = timezone.now()
    scope = scope_or_404(request, now)
    if request.method != "POST":
        return redirect("concerns:triage:queue")
    picked, name = _picked(request), request.POST.get("act", "")
    if not picked:
        return render(request, "triage/queue_bulk.html", {"nothing": True}, status=422)
    if name == "claim":
        return _results(request, "Take concerns", bulk.take_many(request.user, picked, now))
    if name not in ACTS:
        raise Http404
    make, do = ACTS[name]
    form = make(scope, now, request.POST if "go" in request.POST else None)
    if form.is_bound and form.is_valid():
        return _results(request, form.title, do(request.user, picked, form.cleaned_data, now))
    context = {"form": form, "picked": picked, "act": name}
    return render(request, "triage/queue_bulk.html", context, status=422 if form.is_bound else 200)


def _results(request: PersonRequest, title: str, results: Done) -> HttpResponse:
    context = {"title": title, "results": results, "done": sum(row.is_done for row in results)}
    return render(request, "triage/queue_bulk_done.html", context)


def _assign(actor: User, picked: list[Picked], typed: dict[str, Any], now: datetime) -> Done:
    owner = User.objects.get(pk=typed["owner"])
    return bulk.for_each(
        actor,
        picked,
        now,
        lambda pk, version: bulk.assign_concern(pk, actor, owner, version, now),
        f"{owner} has it now.",
    )


def _priority(actor: User, picked: list[Picked], typed: dict[str, Any], now: datetime) -> Done:
    priority, reason = int(typed["priority"]), typed["reason"]
    return bulk.for_each(
        actor,
        picked,
        now,
        lambda pk, version: change_priority(pk, actor, priority, reason, version, now),
        f"It is P{priority} now.",
    )


def _bundle(actor: User, picked: list[Picked], typed: dict[str, Any], now: datetime) -> Done:
    bundle = (
        Bundle.objects.get(pk=typed["bundle"])
        if typed["bundle"]
        else bulk.bundle_named(typed["name"], actor, now)
    )
    return bulk.for_each(
        actor,
        picked,
        now,
        lambda pk, _: bulk.add_to_bundle(pk, actor, bundle, now),
        f"It is in “{bundle}” now.",
    )


def _assign_form(scope: Scope, now: datetime, data: Any) -> PortalForm:
    return AssignForm(colleague_options(scope, now), data=data)


def _priority_form(scope: Scope, now: datetime, data: Any) -> PortalForm:
    return PriorityForm(data=data)


def _bundle_form(scope: Scope, now: datetime, data: Any) -> PortalForm:
    return BundleForm(bundle_options(), data=data)


Make = Callable[[Scope, datetime, Any], PortalForm]
Do = Callable[[User, list[Picked], dict[str, Any], datetime], Done]
ACTS: dict[str, tuple[Make, Do]] = {
    "assign": (_assign_form, _assign),
    "priority": (_priority_form, _priority),
    "bundle": (_bundle_form, _bundle),
}


@require_safe
def bundles(request: PersonRequest) -> HttpResponse:
    """List the bundles; each opens as a list of those of its concerns that one may see."""
    scope_or_404(request, timezone.now())
    return render(request, "triage/queue_bundles.html", {"bundles": bundle_options()})
