"""Gives the tests servers of their own, before any setting is read.

Unless DATABASE_URL and REDIS_URL are set, the tests have an embedded PostgreSQL and Valkey apart
from the demo's: real servers, no sync to disk. They connect as the owner role, which makes the test
databases; what the portal's own role may do is tested with that role.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from safeguarding_portal import embedded

ROOT = Path(__file__).resolve().parent.parent

# Playwright keeps an event loop in this thread; the tests use it from outside.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["PORTAL_MODE"] = "demo"
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 40
os.environ["EMAIL_URL"] = "smtp://127.0.0.1:9"
os.environ["PORTAL_URL"] = "http://testserver"
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["AUDIT_SEAL_COPY"] = ""
os.environ["PROBE_ADDRESS"] = ""
# Tests travel in time with one browser; those of the idle lock set it themselves.
os.environ["IDLE_LOCK_MINUTES"] = os.environ["FRESH_SIGN_IN_MINUTES"] = str(100 * 365 * 24 * 60)
os.environ["CONTACTS_SNAPSHOT"] = str(ROOT / "var" / "no-such-snapshot.json")
if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
    os.environ["PORTAL_EMBEDDED_DIR"] = str(ROOT / "var" / "embedded-test")
    os.environ["PORTAL_EMBEDDED_FSYNC"] = "off"
    embedded.ensure_running()
    urls = embedded.configured_urls()
    os.environ["DATABASE_URL"] = urls.owner_database
    os.environ["REDIS_URL"] = urls.redis
# Files of the tests, and no scanner but the one that a test starts.
os.environ["FILES_ROOT"] = str(ROOT / "var" / "test-files")
os.environ["FILES_KEYS"] = ""
os.environ["CLAMD_URL"] = ""
# A Redis database for each test process: who clears the cache clears nobody else's counters.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
os.environ["REDIS_URL"] = (
    urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{1 + _worker % 8}").geturl()
)
