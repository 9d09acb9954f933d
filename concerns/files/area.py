"""The part of a form in which files are added: the same on every page, scripts or none.

With scripts, `files.mjs` sends a file in parts as soon as it is chosen. Without, the form carries
it: every button of the form takes what was chosen, and one of them does nothing else. Either way a
file waits, shown in a list, until the form itself is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from concerns.dates import local_date
from concerns.journey.answers import Answers
from concerns.models import Draft
from concerns.selectors.files import Target, has_read_warning, waiting_files
from concerns.services.errors import ServiceError
from concerns.services.files import (
    add_file,
    check_may_add,
    is_about_a_child,
    read_warning,
    remove_file,
)
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.files.box.kinds import TAKEN
from safeguarding_portal.files.errors import FileError
from safeguarding_portal.files.incoming import FIELD, IncomingFile
from safeguarding_portal.files.uploads import PART_BYTES, unfinished

if TYPE_CHECKING:
    from django.http import HttpResponse

    from concerns.models import Attachment
    from safeguarding_portal.design_system.forms import PortalForm
    from safeguarding_portal.files.models import Upload
    from safeguarding_portal.http import PersonRequest

MIB = 1024 * 1024


def about_child(target: Target) -> bool:
    """Whether the warning of R18 stands before the chooser: not only for who is surely an adult."""
    if target.report is not None:
        return is_about_a_child(target)
    draft = Draft.objects.only("answers").get(pk=target.draft_id)
    answers = Answers(draft.answers, local_date(timezone.now()))
    return not all(answers.is_adult(number) for number in answers.people)


@dataclass
class FilesArea:
    """What the form's part shows, and what became of the files that were just sent."""

    request: PersonRequest
    target: Target
    problems: list[str] = field(default_factory=list)

    @cached_property
    def needs_warning(self) -> bool:
        """Whether the person must first read the warning."""
        return about_child(self.target) and not has_read_warning(self.target, self.request.user)

    @cached_property
    def waiting(self) -> list[Attachment]:
        """What was added and not sent yet."""
        return list(waiting_files(self.target, self.request.user))

    @cached_property
    def unfinished(self) -> list[Upload]:
        """What was broken off and can go on."""
        return unfinished(self.request.user, self.target.subject)

    @property
    def url(self) -> str:
        """Where scripts begin an upload."""
        return reverse("concerns:files:start", args=[self.target.part, self.target.of])

    @property
    def limits(self) -> str:
        """What is taken, in words that stand before the chooser."""
        return (
            f"{TAKEN}. Each smaller than {settings.FILES_MAX_BYTES // MIB} MB, "
            f"{settings.FILES_MAX_COUNT} for a report in all."
        )

    @property
    def numbers(self) -> dict[str, int]:
        """The limits that scripts keep."""
        return {"part": PART_BYTES // 2, "most": settings.FILES_MAX_BYTES}

    def take(self, now: datetime) -> bool:
        """Do what was asked about files; true when the page stays, because that was all or failed.

        `now` is aware.
        """
        asked = self.request.POST
        if "warned" in asked:
            read_warning(self.target, self.request.user, now)
        if "remove" in asked:
            self._remove(asked["remove"])
        files = [one for one in self.request.FILES.getlist(FIELD) if isinstance(one, IncomingFile)]
        for incoming in files:
            self._add(incoming, now)
        if "upload" in asked and not files:
            self.problems.append("Choose a file first")
        return bool(self.problems) or not {"warned", "remove", "upload"}.isdisjoint(asked)

    def _remove(self, typed: str) -> None:
        try:
            remove_file(UUID(typed), self.request.user)
        except (ValueError, Http404):
            self.problems.append("That file is not there any more")

    def _add(self, incoming: IncomingFile, now: datetime) -> None:
        user = self.request.user
        try:
            check_may_add(self.target, user, about_child=about_child(self.target))
            add_file(self.target, user, incoming.take(), now)
        except (FileError, ServiceError) as refusal:
            self.problems.append(f"{(incoming.name or '')[:60]}: {refusal}")


class Page(Protocol):
    """A page with one form."""

    def show(self, request: PersonRequest, status: int = 200) -> HttpResponse:
        """Show the form as it is."""

    def answer(self, request: PersonRequest) -> HttpResponse:
        """Show the form, or do what it asks."""


def with_files(
    request: PersonRequest,
    target: Target,
    make_form: Callable[..., PortalForm],
    page: Callable[[PortalForm, FilesArea], Page],
) -> HttpResponse:
    """Answer as a page whose form can carry files; nothing typed is lost on the way."""
    area = FilesArea(request, target)
    if request.method == "POST" and area.take(timezone.now()):
        form = make_form(raw=dict(request.POST.lists()))
        return page(form, area).show(request, 422 if area.problems else 200)
    return page(make_form(**given(request)), area).answer(request)
