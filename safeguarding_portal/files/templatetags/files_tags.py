"""What templates need to show files beside what they were sent with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of_key(found: Mapping[Any, Any] | None, key: Any) -> Any:
    """Return what a mapping holds under a key; nothing where there is no mapping."""
    return (found or {}).get(key)
