"""Tags for the frame of a page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext

from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark

register = template.Library()


@register.filter
def is_list(value: object) -> bool:
    """Say whether an answer is several answers."""
    return isinstance(value, (list, tuple))


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


@register.inclusion_tag("components/_mark.html")
def show_mark(mark: Mark) -> dict[str, object]:
    """Show a mark that a view made."""
    return {"mark": mark}


@register.inclusion_tag("components/_mark.html")
def mark(text: str, tone: str = Tone.PLAIN) -> dict[str, object]:
    """Show a mark with the given words; the tone is a value of `marks.Tone`."""
    return {"mark": Mark(text, Tone(tone))}


@register.inclusion_tag("components/_mark.html")
def show_priority(priority: str) -> dict[str, object]:
    """Show the mark of a priority."""
    return {"mark": priority_mark(priority)}
