"""The addresses of SCIM: a bearer token, JSON in, JSON out, and errors as the standard has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from safeguarding_portal.accounts.models import DirectoryGroup, User
from safeguarding_portal.accounts.scim import groups, people
from safeguarding_portal.accounts.scim.describe import RESOURCE_TYPES, SCHEMAS, provider_config
from safeguarding_portal.accounts.scim.protocol import (
    CONTENT_TYPE,
    MOST_LISTED,
    Change,
    ScimError,
    flat,
    list_answer,
    read_changes,
    read_filter,
)
from safeguarding_portal.accounts.scim.tokens import token_of

Answer = tuple[int, dict[str, Any] | None]
Act = Callable[..., Answer]
NO_CONTENT, CREATED, OK = 204, 201, 200


def scim(*methods: str) -> Callable[[Act], Callable[..., HttpResponse]]:
    """Make a view of an act: the token is asked first, every refusal is a SCIM error."""

    def decorate(act: Act) -> Callable[..., HttpResponse]:
        @wraps(act)
        def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            try:
                _check(request, methods)
                status, body = act(request, **kwargs)
            except ScimError as refusal:
                status, body = refusal.status, refusal.body()
            except (User.DoesNotExist, DirectoryGroup.DoesNotExist):
                status, body = 404, ScimError(404, "There is nothing with this id.").body()
            except IntegrityError:
                double = ScimError(409, "Somebody wrote the same at this moment.", "uniqueness")
                status, body = double.status, double.body()
            return _json(status, body)

        return csrf_exempt(login_not_required(view))

    return decorate


def _check(request: HttpRequest, methods: tuple[str, ...]) -> None:
    if token_of(request.headers.get("Authorization", ""), timezone.now()) is None:
        raise ScimError(401, "The token is missing, wrong or over.")
    if request.method not in methods:
        raise ScimError(405, "This cannot be done here.")


def _json(status: int, body: dict[str, Any] | None) -> HttpResponse:
    if body is None:
        return HttpResponse(status=status, content_type=CONTENT_TYPE)
    answer = JsonResponse(body, status=status, content_type=CONTENT_TYPE)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="SCIM"'
    if location := body.get("meta", {}).get("location"):
        answer["Location"] = location
    return answer


def _base() -> str:
    return f"{settings.PORTAL_URL}/scim/v2"


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise ScimError(400, "The body is not JSON.", "invalidSyntax") from error
    if not isinstance(body, dict):
        raise ScimError(400, "The body is not an object.", "invalidSyntax")
    return body


def _window(request: HttpRequest) -> tuple[int, int]:
    """Return from which row, counted from 1, and how many at most."""
    found = []
    for name, default in (("startIndex", 1), ("count", MOST_LISTED)):
        text = request.GET.get(name, str(default))
        is_number = text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 10
        if not is_number:
            raise ScimError(400, f"{name} must be a number.", "invalidValue")
        found.append(int(text))
    return max(found[0], 1), min(max(found[1], 0), MOST_LISTED)


def _list(request: HttpRequest, rows: Any, show: Callable[[Any], dict[str, Any]]) -> Answer:
    start, count = _window(request)
    page = rows.order_by("pk")[start - 1 : start - 1 + count]
    return OK, list_answer([show(row) for row in page], rows.count(), start)


def _replaced(body: dict[str, Any]) -> list[Change]:
    return [Change("replace", key, value) for key, value in flat(body).items()]


@scim("GET", "POST")
def users(request: HttpRequest) -> Answer:
    """List people, or open an account."""
    if request.method == "POST":
        return CREATED, people.resource(people.make_person(_body(request), timezone.now()), _base())
    wanted = people.found_by(read_filter(request.GET.get("filter", "")))
    rows = User.objects.people().filter(wanted)
    return _list(request, rows, lambda user: people.resource(user, _base()))


@scim("GET", "PUT", "PATCH", "DELETE")
def user(request: HttpRequest, pk: int) -> Answer:
    """Show, change or close one person. DELETE closes: nobody's name is taken from the records."""
    now = timezone.now()
    if request.method == "DELETE":
        people.set_active(pk, now, active=False)
        return NO_CONTENT, None
    if request.method == "GET":
        return OK, people.resource(User.objects.people().get(pk=pk), _base())
    body = _body(request)
    changes = read_changes(body) if request.method == "PATCH" else _replaced(body)
    return OK, people.resource(people.change_person(pk, changes, now), _base())


@scim("GET", "POST")
def all_groups(request: HttpRequest) -> Answer:
    """List groups, or take one in."""
    shown = "members" not in request.GET.get("excludedAttributes", "")
    if request.method == "POST":
        group = groups.make_group(_body(request), timezone.now())
        return CREATED, groups.resource(group, _base(), members=True)
    wanted = groups.found_by(read_filter(request.GET.get("filter", "")))
    rows = DirectoryGroup.objects.filter(wanted)
    return _list(request, rows, lambda group: groups.resource(group, _base(), members=shown))


@scim("GET", "PUT", "PATCH", "DELETE")
def group(request: HttpRequest, pk: int) -> Answer:
    """Show, change or forget one group."""
    now = timezone.now()
    if request.method == "DELETE":
        groups.remove_group(pk, now)
        return NO_CONTENT, None
    if request.method == "GET":
        shown = "members" not in request.GET.get("excludedAttributes", "")
        found = DirectoryGroup.objects.get(pk=pk)
        return OK, groups.resource(found, _base(), members=shown)
    body = _body(request)
    changes = read_changes(body) if request.method == "PATCH" else _replaced(body)
    return OK, groups.resource(groups.change_group(pk, changes, now), _base(), members=True)


@scim("GET")
def service_provider_config(request: HttpRequest) -> Answer:
    """Say what of SCIM is supported."""
    return OK, provider_config(_base())


@scim("GET")
def resource_types(request: HttpRequest) -> Answer:
    """Say which resources there are."""
    return OK, list_answer(RESOURCE_TYPES, len(RESOURCE_TYPES), 1)


@scim("GET")
def schemas(request: HttpRequest) -> Answer:
    """Say which attributes are kept."""
    return OK, list_answer(SCHEMAS, len(SCHEMAS), 1)
