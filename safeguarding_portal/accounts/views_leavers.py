"""Closing the accounts of people who have left, from a list: a preview first, then the act."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from safeguarding_portal.accounts.feed import LeaversPlan, apply_leavers, plan_leavers
from safeguarding_portal.accounts.forms_people import LeaversForm, ManyLeaversForm
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.models import Source
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.roster import RosterError
from safeguarding_portal.accounts.views_people import HTTP_UNPROCESSABLE, for_corporate_lead
from safeguarding_portal.http import PersonRequest

SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
@for_corporate_lead
@fresh_sign_in_required(reads=True)
def leavers(request: PersonRequest) -> HttpResponse:
    """Judge a list and show whom it would close; close them only when that page was confirmed.

    The confirming page carries the list itself, and it is judged again.
    """
    form = LeaversForm(request.POST if request.method == "POST" else None)
    plan = _plan(form) if form.is_valid() else None
    if plan is None:
        status = HTTP_UNPROCESSABLE if form.is_bound else 200
        return render(request, "account/people/leavers.html", {"form": form}, status=status)
    is_applied = "apply" in request.POST
    sure = ManyLeaversForm(request.POST if is_applied and plan.is_many else None)
    if is_applied and (not plan.is_many or sure.is_valid()):
        count = apply_leavers(plan, By(Source.FEED, request.user), timezone.now())
        words = "account is" if count == 1 else "accounts are"
        messages.success(request, f"{count} {words} closed")
        return redirect("accounts:people")
    context = {
        "form": form,
        "sure": sure,
        "plan": plan,
        "shown": plan.close[:SHOWN],
        "is_self": request.user in plan.close,
    }
    status = HTTP_UNPROCESSABLE if sure.is_bound else 200
    return render(request, "account/people/leavers_check.html", context, status=status)


def _plan(form: LeaversForm) -> LeaversPlan | None:
    typed = form.cleaned_data
    try:
        return plan_leavers(typed["rows"], everybody=typed["kind"] == LeaversForm.EVERYBODY)
    except RosterError as error:
        form.add_error("rows", str(error))
        return None
