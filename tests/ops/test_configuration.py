"""The settings, the example and Docker agree; what is vital and missing stops the start."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.test import Client

ROOT = Path(__file__).resolve().parent.parent.parent
VITAL = {
    "PORTAL_MODE": "production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_URL": "https://portal.example.org",
    "DATABASE_URL": "postgres://x:x@127.0.0.1:1/x",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "EMAIL_URL": "smtp+tls://127.0.0.1:1",
    "FILES_KEYS": "test:" + "A" * 43 + "=",
}


OPEN_TELEMETRY = {"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"}


def read_by_settings() -> set[str]:
    """Return the names of every variable that the settings, or OpenTelemetry by itself, read."""
    text = (ROOT / "safeguarding_portal" / "settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text)) | OPEN_TELEMETRY


def test_the_example_names_every_setting_and_no_other() -> None:
    text = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", text, re.MULTILINE))
    assert named == read_by_settings()


def test_docker_compose_sets_only_what_the_settings_read() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for name in ("web", "worker", "beat", "migrate"):
        given = set(compose["services"][name]["environment"])
        assert given <= read_by_settings(), name
        assert set(VITAL) <= given, name
    assert compose["services"]["db"]["image"].startswith("postgres:18")


def test_docker_compose_hands_every_setting_on_but_what_is_not_for_it() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for name in ("web", "worker", "beat"):
        left_out = read_by_settings() - set(compose["services"][name]["environment"])
        assert left_out == {"DATABASE_OWNER_URL", "DEBUG"}, name
    web = compose["services"]["web"]["environment"]
    for key in ("SECRET_KEY", "FILES_KEYS", "MFA_KEYS", "AUDIT_SEAL_KEY"):
        assert web[key].startswith(f"${{{key}:?"), "a start without it says so"
    assert web["CLAMD_URL"] == "tcp://clamav:3310"
    assert compose["services"]["clamav"]["image"].startswith("clamav/clamav:")


def start(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own, with nothing but this environment."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    # An empty value counts as set, so that this checkout's own .env adds nothing.
    blank = {name: "" for name in VITAL if name not in environment}
    blank["DJANGO_SETTINGS_MODULE"] = "safeguarding_portal.settings"
    code = "import django; django.setup()"
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            **kept,
            **blank,
            **environment,
            "DJANGO_SETTINGS_MODULE": "safeguarding_portal.settings",
        },
        capture_output=True,
        text=True,
        check=False,
    )


def test_production_starts_with_all_that_is_vital() -> None:
    done = start(VITAL)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", sorted(set(VITAL) - {"PORTAL_MODE", "EMAIL_URL"}))
def test_production_stops_at_start_when_something_vital_is_missing(missing: str) -> None:
    done = start({name: value for name, value in VITAL.items() if name != missing})
    assert done.returncode != 0
    assert missing in done.stderr


def test_production_refuses_plain_http() -> None:
    done = start(VITAL | {"PORTAL_URL": "http://portal.example.org"})
    assert "https" in done.stderr


@pytest.mark.django_db
def test_health_says_live_and_ready() -> None:
    assert Client().get("/health/live").json() == {"status": "ok"}
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["database"]) == (200, "ok")


@pytest.mark.django_db
def test_health_is_not_ready_without_the_queue(settings: object) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"  # type: ignore[attr-defined]
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["queue"]) == (503, "away")
