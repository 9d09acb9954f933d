"""The local date of a moment."""

from datetime import date, datetime, time

from concerns.rules.case import LONDON


def local_date(at: datetime) -> date:
    """Return the date in Europe/London at an aware moment."""
    return at.astimezone(LONDON).date()


def read_time(text: str) -> time | None:
    """Read "16:20", "4:20pm" or "4pm"; None when it is no time of day."""
    typed = text.strip().lower().replace(" ", "").replace(".", ":")
    for pattern in ("%H:%M", "%I:%M%p", "%I%p"):
        try:
            return datetime.strptime(typed, pattern).time()  # noqa: DTZ007 - a wall time only
        except ValueError:
            continue
    return None
