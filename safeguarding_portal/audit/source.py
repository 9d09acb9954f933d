"""From which address a request came, kept beside what was done in it.

An account that reads what it should not may be a person or a stolen password: the address tells
the two apart. Only as many proxies are believed as the settings name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from contextvars import ContextVar

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

_current: ContextVar[str | None] = ContextVar("source_address", default=None)


def current_source_address() -> str | None:
    """Return the address of the request being answered; None outside of one, or if unknown."""
    return _current.get()


class SourceAddressMiddleware:
    """Remembers the visitor's address for the length of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        token = _current.set(_address_of(request))
        try:
            return self.get_response(request)
        finally:
            _current.reset(token)


def _address_of(request: HttpRequest) -> str | None:
    try:
        return str(ipaddress.ip_address(get_adapter().get_client_ip(request)))
    except (PermissionDenied, ValueError):
        return None
