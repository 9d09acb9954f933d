"""How long the answer "whom to call" takes with 500 agencies and 2,000 lines.

`make bench-directory` prints it. The directory stands in a snapshot file, as pages read it. The
target is a median under 5 ms with no query; the tests assert the second, this prints the first.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

AGENCIES, LINES = 500, 2_000
CHAIN = 4
ANSWERS = 5_000
TARGET_MS = 5.0
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def large_document(shipped: dict[str, Any]) -> dict[str, Any]:
    """Return the shipped directory, and so many agencies more, each with a chain of lines."""
    agencies, lines = list(shipped["agencies"]), list(shipped["lines"])
    while len(agencies) < AGENCIES:
        number = len(agencies)
        # The first chains are longer, so that there are as many lines as there should be.
        longer = LINES - len(lines) > CHAIN * (AGENCIES - number)
        chain = [f"line-{number}-{place}" for place in range(CHAIN + longer)]
        agencies.append(
            {
                "slug": f"agency-{number}",
                "name": f"Agency {number}",
                "audience": "specialist",
                "first_line": chain[0],
                "what_for": "Measuring.",
            }
        )
        fallbacks = [*chain[1:], None]
        lines += [_line(slug, fallback) for slug, fallback in zip(chain, fallbacks, strict=True)]
    return {**shipped, "version": "bench-1", "agencies": agencies, "lines": lines}


def _line(slug: str, fallback: str | None) -> dict[str, Any]:
    """Return a line of office hours, or the last one, which never closes."""
    _, number, place = slug.split("-")
    office = [[f"{7 + int(place):02}:{int(number) % 60:02}", "17:00"]]
    always = [["00:00", "24:00"]]
    weekend: list[list[str]] = [] if fallback else always
    return {
        "slug": slug,
        "name": slug,
        "number": "0121 496 0000",
        "week": dict.fromkeys(WEEK[:5], office if fallback else always)
        | dict.fromkeys(WEEK[5:], weekend),
        "closed_on_holidays": fallback is not None,
        "overrides": {},
        "fallback": fallback,
        "source": "bench",
    }


def measure(document: dict[str, Any]) -> list[float]:
    """Return how long each answer took in milliseconds, the file read once before."""
    # Settings must be named before these are imported.
    from contacts.selectors import current_directory  # noqa: PLC0415

    chance = random.Random(7)  # noqa: S311 - only which moments are asked for
    slugs = [agency["slug"] for agency in document["agencies"]]
    start = datetime(2027, 1, 1, tzinfo=UTC)
    current_directory(start)
    taken = []
    for _ in range(ANSWERS):
        moment = start + timedelta(minutes=chance.randrange(525_600))
        slug = chance.choice(slugs)
        begun = time.perf_counter()
        current_directory(moment).who_to_call(slug, moment)
        taken.append((time.perf_counter() - begun) * 1000)
    return taken


def main() -> int:
    """Measure, print, and fail when the median misses the target."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")
    # Settings must be named before these are imported.
    import django  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    from contacts.snapshot import SHIPPED, read_versions, write_versions  # noqa: PLC0415

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        settings.CONTACTS_SNAPSHOT = Path(folder) / "snapshot.json"
        document = large_document(read_versions(SHIPPED)[0])
        write_versions(settings.CONTACTS_SNAPSHOT, [document])
        taken = sorted(measure(document))
    median, late = statistics.median(taken), taken[int(ANSWERS * 0.99)]
    sys.stdout.write(
        f"{len(document['agencies'])} agencies, {len(document['lines'])} lines, "
        f"{ANSWERS} answers: median {median:.3f} ms (target {TARGET_MS:g} ms), "
        f"99th percentile {late:.3f} ms\n"
    )
    return 0 if median < TARGET_MS else 1


if __name__ == "__main__":
    sys.exit(main())
