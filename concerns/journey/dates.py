"""Reading a date out of raw answers; a wrong date is no date."""

from __future__ import annotations

from datetime import date

from safeguarding_portal.design_system.dates import DateParts, DateProblemError, read_date


def typed_date(page: dict[str, list[str]], field: str) -> date | None:
    """Return the date typed into the three boxes of a field, or None when it is none."""
    parts = [(page.get(f"{field}_{part}") or [""])[0] for part in ("day", "month", "year")]
    if not any(part.strip() for part in parts):
        return None
    try:
        return read_date(DateParts(*parts), today=date.max)
    except DateProblemError:
        return None
