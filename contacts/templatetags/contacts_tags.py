"""The number to call at this minute, for any page. Reads the snapshot: no query, ever."""

from __future__ import annotations

from django import template
from django.utils import timezone

from contacts.directory import Answer
from contacts.selectors import agency_name, current_directory

register = template.Library()

EMERGENCY = "police-emergency"
FRONT_DOORS = {"child": "childrens-social-care", "adult": "adult-social-care"}
SHORT = {"child": "About a child", "adult": "About an adult"}


@register.inclusion_tag("contacts/_call_box.html")
def call_box(group: str = "") -> dict[str, object]:
    """Show whom to call for a child, an adult, or, while nobody knows, for both."""
    now = timezone.now()
    directory = current_directory(now)
    wanted = [group] if group in FRONT_DOORS else list(FRONT_DOORS)
    lines = [(SHORT[key], directory.who_to_call(FRONT_DOORS[key], now)) for key in wanted]
    return {"emergency": directory.who_to_call(EMERGENCY, now), "lines": lines}


@register.simple_tag
def number_now(agency_slug: str) -> Answer | None:
    """Return the answer for an agency at this minute; None for a body outside the directory."""
    now = timezone.now()
    directory = current_directory(now)
    if agency_slug not in directory.agencies:
        return None
    return directory.who_to_call(agency_slug, now)


register.filter(agency_name)


@register.filter
def sentence_start(words: str) -> str:
    """Return the words with a capital at the start."""
    return words[:1].upper() + words[1:]
