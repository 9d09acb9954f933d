"""What every answer says to the browser, and what it never says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from tests.factories import make_concern, make_lead, make_team
from tests.ops.test_configuration import ROOT, VITAL

pytestmark = pytest.mark.django_db
STATIC = "/static/dist/portal.css"
ANSWERS = ("/get-help-now/", "/accounts/login/", "/concerns/", "/no/such/page/", "/health/live")


@pytest.mark.parametrize("path", ANSWERS)
def test_every_answer_shuts_what_no_page_needs(path: str) -> None:
    answer = Client().get(path)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    for directive in ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"):
        assert directive in policy
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin", "decision 0004"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{feature}=()" in answer["Permissions-Policy"]


def test_a_refusal_before_any_page_is_shut_too() -> None:
    refused = Client(enforce_csrf_checks=True).post("/accounts/login/", {})
    assert refused.status_code == 403
    assert refused["Cross-Origin-Resource-Policy"] == "same-origin"
    static = Client().get(STATIC)
    assert static["Cross-Origin-Resource-Policy"] == "same-origin"
    static.close()


def test_no_page_of_a_record_is_stored_anywhere() -> None:
    team = make_team()
    client = Client()
    client.force_login(make_lead(team))
    reference = make_concern(team).reference
    for path in ("", "access/", "history/", "chronology.pdf"):
        answer = client.get(f"/concerns/{reference}/{path}")
        assert answer.status_code in {200, 404}
        assert answer["Cache-Control"] == "no-store"
    assert client.get("/get-help-now/")["Cache-Control"] == "no-store", "signed in"


def test_with_https_the_transport_is_forced(
    settings: Any,
) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    answer = Client().get("/get-help-now/", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


IN_PRODUCTION = """
import django, json
django.setup()
from django.conf import settings as s
from safeguarding_portal.accounts import devices, idle, kept_pages
print(json.dumps({
    "cookies": [s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, devices._cookie_name(),
                idle.cookie_name(), kept_pages.cookie_name()],
    "secure": [s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT,
               s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY],
    "hsts": s.SECURE_HSTS_SECONDS,
    "proxies": [s.ALLAUTH_TRUSTED_PROXY_COUNT, s.SECURE_PROXY_SSL_HEADER is not None],
    "lock": s.IDLE_LOCK_AFTER.total_seconds(),
    "fresh": s.ACCOUNT_REAUTHENTICATION_TIMEOUT,
}))
"""


def test_production_binds_every_cookie_to_the_host_and_believes_no_proxy() -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = kept | VITAL | {"DJANGO_SETTINGS_MODULE": "safeguarding_portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", IN_PRODUCTION],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert [name for name in found["cookies"] if not name.startswith("__Host-")] == []
    assert all(found["secure"])
    assert found["hsts"] == 31_536_000
    assert found["proxies"] == [0, False]
    assert (found["lock"], found["fresh"]) == (15 * 60, 5 * 60)


def test_an_unknown_host_and_an_untrusted_proxy_are_not_believed() -> None:
    assert Client().get("/", headers={"Host": "evil.example.org"}).status_code == 400
    answer = Client().get("/get-help-now/", headers={"X-Forwarded-Proto": "https"})
    assert "Strict-Transport-Security" not in answer
