"""The warning that every page shows by itself while delivery is delayed."""

from __future__ import annotations

from django import template
from django.db import DatabaseError
from django.utils import timezone

from concerns.selectors.probe import Delivery, delivery_as_known

register = template.Library()


@register.inclusion_tag("components/_delivery_delayed.html")
def delivery_notice() -> dict[str, Delivery]:
    """Warn when the last proof of delivery is too old; silent when that cannot be asked."""
    try:
        return {"delivery": delivery_as_known(timezone.now())}
    except DatabaseError:
        return {"delivery": Delivery()}
