"""A page with one form and one act, for rooms whose forms belong to no version of a concern.

The forms of a concern's page, which also ask what others did meanwhile, have `triage.pages`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from concerns.services.errors import ServiceError
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest


@dataclass(frozen=True)
class FormPage:
    """One form, what its button does, and where it leads: `to`, else back.

    `act` gets the valid form and now; an address that it returns is gone to instead. On refusal
    the page says why, above what was typed.
    """

    form: PortalForm
    act: Callable[[Any, datetime], object]
    done: str
    back: str
    to: str = ""
    button: str = "Save"
    caption: str = ""
    template: str = "layouts/form.html"
    context: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: PersonRequest) -> HttpResponse:
        """Show the form, or do what it asks."""
        if request.method != "POST":
            return self.show(request)
        if self.form.is_valid():
            try:
                result = self.act(self.form, timezone.now())
            except ServiceError as refusal:
                self.form.add_error(None, str(refusal))
            else:
                messages.success(request, self.done)
                return redirect(result if isinstance(result, str) else self.to or self.back)
        return self.show(request, 422)

    def show(self, request: PersonRequest, status: int = 200) -> HttpResponse:
        """Show the form as it is."""
        context = {
            "form": self.form,
            "back_url": self.back,
            "button": self.button,
            "caption": self.caption,
            **self.context,
        }
        return render(request, self.template, context, status=status)
