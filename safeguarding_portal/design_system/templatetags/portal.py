"""Tags for the frame of a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

register = template.Library()


@register.inclusion_tag("components/_nav_item.html", takes_context=True)
def nav_item(context: RequestContext | dict[str, Any], url: str, text: str) -> dict[str, object]:
    """Show one entry of the menu; an address that does not exist shows nothing.

    The entry is "current" on its own page and "active" on the pages beneath it.
    """
    request = context.get("request")
    path = request.path if request else ""
    is_current = bool(url) and path == url
    is_active = bool(url) and url != "/" and path.startswith(url)
    return {"url": url, "text": text, "is_current": is_current, "is_active": is_active}
