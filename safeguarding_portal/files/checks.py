"""What must be right about the keys before the portal starts."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from safeguarding_portal.files.keys import key_provider


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """Find keys that are missing or no keys: without them no file could be kept or read."""
    try:
        key_provider()
    except (ImproperlyConfigured, ImportError) as error:
        return [Error(str(error), id="files.E001")]
    return []
