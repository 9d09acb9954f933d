"""What the service worker keeps: the offline page and the files that it is made of, and no more."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from contacts.hours import LONDON
from contacts.selectors import current_directory
from contacts.signing import public_key
from contacts.weekly import week_words
from safeguarding_portal.context import names

# As the page names them.
LINKED = (
    "dist/portal.css",
    "dist/favicon.svg",
    "dist/js-enabled.js",
    "dist/portal.mjs",
    "dist/offline/page.mjs",
    "dist/offline/icon-192.png",
    "dist/offline/icon-512.png",
)
# As scripts name each other: always without a hash in the name.
IMPORTED = (
    "dist/govuk-frontend.min.js",
    "dist/offline/engine.mjs",
    "dist/offline/store.mjs",
)
WORKER = "dist/offline/worker.js"


def offline_page(now: datetime) -> str:
    """Return the page with every number on it, the same for everybody: no request, no database."""
    directory = current_directory(now)
    agencies = [
        (agency, [(line, week_words(line.hours)) for line in directory.chain(slug)])
        for slug, agency in directory.agencies.items()
    ]
    published = directory.published_at.astimezone(LONDON)
    context = {
        "directory": directory,
        # In full: the page is read on days to come, when "today" would be wrong.
        "published": f"{published:%A} {published.day} {published:%B %Y}",
        "agencies": agencies,
        "emergency": directory.chain("police-emergency")[0],
        "public_key": public_key(),
    }
    return render_to_string("contacts/offline/page.html", names() | context)


def worker_script(now: datetime) -> str:
    """Return the service worker; its text changes with whatever it keeps, which renews the copy."""
    page = reverse("contacts:offline")
    digest = hashlib.sha256(offline_page(now).encode())
    for name in (*LINKED, *IMPORTED):
        path = _source(name)
        digest.update(_digest(path, path.stat().st_mtime_ns))
    kept: dict[str, Any] = {
        "version": digest.hexdigest()[:16],
        "page": page,
        "pages": [reverse("contacts:get_help_now"), page],
        "files": [
            page,
            reverse("contacts:manifest"),
            *(static(name) for name in LINKED),
            *(f"{settings.STATIC_URL}{name}" for name in IMPORTED),
        ],
    }
    script = _source(WORKER).read_text(encoding="utf-8")
    return f"const KEPT = {json.dumps(kept)};\n{script}"


def manifest() -> dict[str, Any]:
    """Return the web app manifest: "Get help now" as an icon on a phone's first screen."""
    start = reverse("contacts:get_help_now")
    return {
        "id": start,
        "name": "Get help now: safeguarding numbers",
        "short_name": "Get help now",
        "description": "Whom to call about a child or an adult, at this minute, without a network.",
        "lang": "en-GB",
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#1d4f91",
        "icons": [
            {
                "src": static(f"dist/offline/icon-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for size in (192, 512)
            for purpose in ("any", "maskable")
        ],
    }


def _source(name: str) -> Path:
    return Path(finders.find(name) or staticfiles_storage.path(name))


@lru_cache(maxsize=32)
def _digest(path: Path, modified_ns: int) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()
