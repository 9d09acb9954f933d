"""Who may edit the directory: directory editors, and nobody by rank."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.utils import timezone

from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.accounts.selectors import has_role
from safeguarding_portal.http import PersonRequest

View = Callable[..., HttpResponse]


def is_editor(user: User, now: datetime) -> bool:
    """Whether the person may edit the directory at `now` (aware)."""
    return has_role(user, Role.DIRECTORY_EDITOR, now)


def people_with(roles: list[str], now: datetime) -> list[User]:
    """Return the active people who hold one of the roles at `now` (aware), by id."""
    in_force = Q(memberships__ends_at=None) | Q(memberships__ends_at__gt=now)
    found = User.objects.filter(
        in_force, is_active=True, memberships__role__in=roles, memberships__starts_at__lte=now
    )
    return list(found.distinct().order_by("pk"))


def for_editors(view: View) -> View:
    """Answer 404 to everybody else: for them these pages do not exist."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_editor(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded
