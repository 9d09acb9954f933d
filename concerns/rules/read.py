"""From JSON to facts. Every wrong field is named, all at once, in plain words."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time
from typing import Any, TypeVar

from concerns.rules.ages import LONDON
from concerns.rules.facts import Facts

T = TypeVar("T")


class FactsError(ValueError):
    """The facts could not be read; `problems` lists (path, what is wrong) for each wrong field."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{path}: {words}" for path, words in problems))


def facts_from_dict(data: Any) -> Facts:
    """Read facts in the shape of `assess --schema`; raise `FactsError` if any is wrong."""
    problems: list[tuple[str, str]] = []
    facts = _part(Facts, data, "", problems)
    count = len(facts.people)
    for index, alleged in enumerate(facts.alleged):
        if any(number >= count for number in alleged.people):
            problems.append((f"alleged[{index}].people", f"must be below {count}"))
    for index, person in enumerate(facts.people):
        low, high = person.age_min, person.age_max
        if low is not None and high is not None and low > high:
            problems.append((f"people[{index}].age_max", "is below age_min"))
    if problems:
        raise FactsError(problems)
    return facts


def _part(kind: type[T], data: Any, path: str, problems: list[tuple[str, str]]) -> T:
    """Read one group of facts; keep the default of whatever is wrong."""
    if not isinstance(data, dict):
        problems.append((path or "facts", "must be an object with named fields"))
        return kind()
    known = {item.name: item for item in dataclasses.fields(kind)}  # type: ignore[arg-type]
    prefix = f"{path}." if path else ""
    problems += [
        (f"{prefix}{name}", "is not a known field; see manage.py assess --schema")
        for name in data
        if name not in known
    ]
    values: dict[str, Any] = {}
    for name, item in known.items():
        if data.get(name) is not None:
            value = _value(item.metadata, data[name], f"{prefix}{name}", problems)
            if value is not None:
                values[name] = value
    return kind(**values)


def _value(meta: Any, value: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    """Read one value by what its field says of itself; None when it is wrong."""
    if "part" in meta:
        return _part(meta["part"], value, path, problems)
    if "parts" in meta or "several" in meta or meta.get("kind") in {"dates", "numbers"}:
        return _list(meta, value, path, problems)
    words = None
    if "choices" in meta:
        value = _plain_choice(value, meta["choices"])
        if value not in meta["choices"]:
            words = f"must be one of: {', '.join(meta['choices'])}"
    else:
        value, words = READERS[meta["kind"]](value, meta)
    if words:
        problems.append((path, words))
        return None
    return value


def _plain_choice(value: Any, choices: tuple[str, ...]) -> Any:
    """Return the choice that was meant: true is yes; case, spaces and hyphens do not matter."""
    if isinstance(value, bool) and "yes" in choices:
        return "yes" if value else "no"
    if not isinstance(value, str) or value in choices:
        return value
    folded = value.strip().lower().replace("-", "_").replace(" ", "_")
    return next((choice for choice in choices if choice.lower() == folded), value)


def _list(meta: Any, value: Any, path: str, problems: list[tuple[str, str]]) -> Any:
    if not isinstance(value, list):
        problems.append((path, "must be a list"))
        return None
    if "parts" in meta:
        return tuple(
            _part(meta["parts"], item, f"{path}[{index}]", problems)
            for index, item in enumerate(value)
        )
    if "several" in meta:
        inner = {"choices": meta["several"]}
    else:
        inner = {"kind": meta["kind"].rstrip("s")}
    read = [_value(inner, item, f"{path}[{index}]", problems) for index, item in enumerate(value)]
    return tuple(item for item in read if item is not None)


def _text(value: Any, meta: Any) -> tuple[Any, str | None]:
    return (value.strip(), None) if isinstance(value, str) else (None, "must be text")


def _number(value: Any, meta: Any) -> tuple[Any, str | None]:
    most = meta.get("most", 1000)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        return None, f"must be a whole number from 0 to {most}"
    return value, None


def _date(value: Any, meta: Any) -> tuple[Any, str | None]:
    try:
        return date.fromisoformat(value), None
    except (TypeError, ValueError):
        return None, "must be a real date such as 2011-04-23"


def _datetime(value: Any, meta: Any) -> tuple[Any, str | None]:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return None, "must be a time such as 2026-11-27T16:20+00:00"
    if moment.tzinfo is None:
        return None, "has no time zone; write it as 2026-11-27T16:20+00:00"
    return moment, None


def _moment(value: Any, meta: Any) -> tuple[Any, str | None]:
    """Read a time, or a date as the start of that day in London."""
    day, no_date = _date(value, meta)
    if no_date is None:
        return datetime.combine(day, time(), tzinfo=LONDON), None
    return _datetime(value, meta)


READERS = {
    "text": _text,
    "number": _number,
    "date": _date,
    "datetime": _datetime,
    "moment": _moment,
}
