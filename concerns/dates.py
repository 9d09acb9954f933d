"""The local date of a moment."""

from datetime import date, datetime

from concerns.rules.case import LONDON


def local_date(at: datetime) -> date:
    """Return the date in Europe/London at an aware moment."""
    return at.astimezone(LONDON).date()
