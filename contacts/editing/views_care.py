"""The care of lines and mailboxes: marks, owners, test calls, test messages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import care
from contacts.access import for_editors
from contacts.care import CallMade, CareRow, Light, care_rows, find_row
from contacts.editing.forms import CallForm, CanaryForm, CareForm
from contacts.editing.pages import form_page
from contacts.models import Care, Check
from contacts.publishing import ChangeRefusedError
from contacts.selectors import current_directory
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.models import User
from safeguarding_portal.design_system.marks import Mark, Tone
from safeguarding_portal.http import GET_POST, PersonRequest
from safeguarding_portal.outbox.services import messages_for

_ORDER = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2}


def mark_of(row: CareRow) -> Mark:
    """Return the mark of a channel: a word and a sign, never colour alone."""
    if row.light == Light.GREEN:
        return Mark("Checked", Tone.GOOD)
    if row.verified_on is None:
        return Mark("Red: never checked", Tone.DANGER)
    if row.light == Light.RED:
        return Mark("Red: check overdue", Tone.DANGER)
    return Mark("Amber: check due", Tone.WARN)


@require_safe
@for_editors
def overview(request: PersonRequest) -> HttpResponse:
    """List every line and mailbox, those that need care first."""
    now = timezone.now()
    rows = sorted(care_rows(current_directory(now), now), key=lambda row: _ORDER[row.light])
    context = {"rows": [(row, mark_of(row)) for row in rows]}
    return render(request, "contacts/editing/care.html", context)


def _row_or_404(kind: str, slug: str) -> CareRow:
    now = timezone.now()
    row = find_row(current_directory(now), kind, slug, now)
    if row is None:
        raise Http404
    return row


@require_safe
@for_editors
def channel(request: PersonRequest, kind: str, slug: str) -> HttpResponse:
    """Show one line or mailbox with its checks."""
    row = _row_or_404(kind, slug)
    checks = (
        list(row.care.checks.select_related("made_by", "confirmed_by")[:50]) if row.care else []
    )
    sent = messages_for("directory_check", [str(check.pk) for check in checks])
    context = {
        "row": row,
        "mark": mark_of(row),
        "checks": [(check, sent.get(str(check.pk), [])) for check in checks],
        "is_mailbox": kind == Care.Kind.MAILBOX,
    }
    return render(request, "contacts/editing/channel.html", context)


def _back(row: CareRow) -> str:
    return reverse("contacts:editing:channel", args=[row.kind, row.slug])


@require_http_methods(GET_POST)
@for_editors
def ownership(request: PersonRequest, kind: str, slug: str) -> HttpResponse:
    """Set the owner and the interval."""
    row = _row_or_404(kind, slug)
    days = row.care.interval_days if row.care else Care._meta.get_field("interval_days").default
    shown = {"owner": row.owner.email if row.owner else "", "interval_days": str(days)}
    form = CareForm(**(given(request) or {"initial": shown}))

    def act(typed: Any) -> None:
        address = typed.cleaned_data["owner"]
        owner = User.objects.filter(email__iexact=address, is_active=True).first()
        if address and owner is None:
            raise ChangeRefusedError("Owner’s e-mail address: nobody with an account has it")
        care.set_care(row, owner, typed.cleaned_data["interval_days"], request.user, timezone.now())

    return form_page(request, form, act, done="Saved.", back=_back(row), intro=row.name)


@require_http_methods(GET_POST)
@for_editors
def call(request: PersonRequest, kind: str, slug: str) -> HttpResponse:
    """Record a test call."""
    row = _row_or_404(kind, slug)
    if kind != Care.Kind.LINE:
        raise Http404
    form = CallForm(**given(request))

    def act(typed: Any) -> None:
        now = timezone.now()
        made = CallMade(
            worked=typed.cleaned_data["worked"] == "yes",
            spoke_to=typed.cleaned_data["spoke_to"],
            note=typed.cleaned_data["note"],
            made_at=typed.moment() or now,
        )
        care.record_call(row, made, request.user, now)

    intro = f"{row.name}, {row.address}"
    return form_page(request, form, act, done="The call is kept.", back=_back(row), intro=intro)


@require_POST
@for_editors
def canary(request: PersonRequest, slug: str) -> HttpResponse:
    """Send a test message to a mailbox."""
    row = _row_or_404(Care.Kind.MAILBOX, slug)
    try:
        care.send_canary(row, request.user, timezone.now())
    except ChangeRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The test message is on its way. Record it when they answer.")
    return redirect(_back(row))


@require_http_methods(GET_POST)
@for_editors
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Record that a person answered a test message, or that nobody did."""
    check = Check.objects.select_related("care").filter(pk=pk, worked=None).first()
    if check is None:
        raise Http404
    form = CanaryForm(**given(request))

    def act(typed: Any) -> None:
        answers = typed.cleaned_data
        care.end_canary(
            pk,
            worked=answers["worked"] == "yes",
            spoke_to=answers["spoke_to"],
            note=answers["note"],
            actor=request.user,
            now=timezone.now(),
        )

    back = reverse("contacts:editing:channel", args=[check.care.kind, check.care.slug])
    intro = f"Test message T{check.pk} to {check.address}"
    return form_page(request, form, act, done="Recorded.", back=back, intro=intro)
