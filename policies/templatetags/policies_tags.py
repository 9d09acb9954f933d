"""Policies in place, for any page: sections that fit a topic, and what waits to be read."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils import timezone

from policies.confirmations import duties_of
from policies.selectors import sections_for

register = template.Library()


@register.inclusion_tag("policies/_in_place.html")
def policy_sections(*topics: str) -> dict[str, Any]:
    """Show the sections that answer the topics (`policies/topics.py`); one query, none if none."""
    return {"sections": sections_for(topics) if topics else []}


@register.inclusion_tag("policies/_duties.html", takes_context=True)
def policies_to_read(context: dict[str, Any]) -> dict[str, Any]:
    """Show the signed-in person what waits to be read: a notice with links, never a barrier."""
    return {"duties": duties_of(context["request"].user, timezone.now())}
