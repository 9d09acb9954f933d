"""Health, for machines: no sign-in, no session, no personal data.

`live`: this process answers. `ready`: it can do its work, and if not, which part is away. The page
that tells whom to call stays up while `ready` says no.
"""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contacts.selectors import current_directory
from contacts.services import follow_database
from safeguarding_portal.files import scanner

SECONDS = 2


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """Say that this process answers."""
    return JsonResponse({"status": "ok"})


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether the database, the queue and the directory are there; 503 if one is not.

    Whoever watches this host also keeps its file of numbers in step with what was published.
    """
    checks: dict[str, Callable[[], object]] = {
        "database": _ask_database,
        "queue": _ask_queue,
        "directory": current_directory,
    }
    parts = {name: _try(check) for name, check in checks.items()}
    is_ready = all(answer == "ok" for answer in parts.values())
    # Without the scanner files wait and everything else works: said, and no reason to go offline.
    parts["scanner"] = "ok" if scanner.is_there() else "away"
    return JsonResponse(
        {"status": "ok" if is_ready else "not ready", **parts}, status=200 if is_ready else 503
    )


def _try(check: Callable[[], object]) -> str:
    try:
        check()
    except (DatabaseError, redis.RedisError, OSError, ValueError, KeyError):
        return "away"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    follow_database()


def _ask_queue() -> None:
    redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS
    ).ping()
