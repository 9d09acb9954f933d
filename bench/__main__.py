"""`make bench` and `make bench-audit`: build what is missing, then measure and print."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ["PORTAL_MODE"] = "demo"
os.environ["PORTAL_EMBEDDED_DIR"] = str(ROOT / "var" / "bench")
os.environ["PORTAL_EMBEDDED_FSYNC"] = "off"
os.environ["CONTACTS_SNAPSHOT"] = str(ROOT / "var" / "no-such-snapshot.json")
os.environ["DJANGO_SETTINGS_MODULE"] = "safeguarding_portal.settings"
os.environ["ALLOWED_HOSTS"] = "testserver"
os.environ["LOG_LEVEL"] = "ERROR"


def main() -> None:
    """Start the bench's own servers, then run."""
    import django  # noqa: PLC0415 - the settings read what is set above

    from safeguarding_portal import embedded  # noqa: PLC0415

    embedded.ensure_running()
    urls = embedded.configured_urls()
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = urls.database, urls.redis
    os.environ["DATABASE_OWNER_URL"] = urls.owner_database
    django.setup()
    for part in sys.argv[1:] or ["run"]:
        import_module(f"bench.{part}").run()


if __name__ == "__main__":
    main()
