"""Every address of the portal: who may open it without signing in, and that none ever breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from safeguarding_portal.public import is_public
from tests.factories import make_user

VALUES = {
    "draft_id": "00000000-0000-4000-8000-000000000000",
    "key": "danger",
    "file_id": "00000000-0000-4000-8000-000000000000",
    "upload_id": "00000000-0000-4000-8000-000000000000",
    "other": "NONE-NONE",
    "reference": "NONE-NONE",
    "secret": "none",
    "slug": "none",
    "pk": 1,
    "number": 1,
    "person": 1,
    "priority": 1,
    "uidb36": "1",
}
METHODS = ("get", "post", "head", "put", "delete")


def names(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the full name of every address, with values for its parts."""
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            space = f"{prefix}{item.namespace}:" if item.namespace else prefix
            yield from names(item, space)
        elif isinstance(item, URLPattern) and item.name:
            parts = item.pattern.regex.groupindex
            yield f"{prefix}{item.name}", {part: VALUES.get(part, "none") for part in parts}


ADDRESSES = sorted(names(get_resolver()), key=lambda item: item[0])


def test_there_are_addresses() -> None:
    assert len(ADDRESSES) > 30


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "parts"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_a_visitor_is_led_to_sign_in_from_every_page_that_is_not_listed_as_public(
    name: str, parts: dict[str, object]
) -> None:
    answer = Client().get(reverse(name, kwargs=parts))
    led_to_sign_in = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    if is_public(name):
        assert answer.status_code < 500
    else:
        assert led_to_sign_in, (name, answer.status_code)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "parts"), ADDRESSES, ids=[name for name, _ in ADDRESSES])
def test_no_method_breaks_any_address(name: str, parts: dict[str, object]) -> None:
    client = Client()
    client.force_login(make_user())
    for method in METHODS:
        answer = getattr(client, method)(reverse(name, kwargs=parts))
        assert answer.status_code < 500 or name == "health_ready", (name, method)


@pytest.mark.django_db
def test_every_page_carries_a_strict_content_security_policy_and_is_not_stored() -> None:
    client = Client()
    client.force_login(make_user())
    answer = client.get("/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert answer["Cache-Control"] == "no-store"
