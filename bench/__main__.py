"""`make bench`, `make bench-load`, `make bench-audit`: build what is missing, measure, judge."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

# The leads' pages, the reporter's journey, the whole stack.
PARTS = ("run", "reporting", "load")
OUT = Path(__file__).with_name("out") / "latest.jsonl"
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
    figures: list[dict[str, Any]] = []
    faults: list[str] = []
    for part in sys.argv[1:] or PARTS:
        found, missed = import_module(f"bench.{part}").run()
        figures, faults = figures + found, faults + missed
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("".join(f"{json.dumps(figure)}\n" for figure in figures))
    sys.exit("\n".join(["Too much:", *faults]) if faults else 0)


if __name__ == "__main__":
    main()
