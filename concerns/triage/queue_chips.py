"""The filter in force, said in words, each part with a link that takes it away."""

from __future__ import annotations

from dataclasses import dataclass

from concerns.selectors.saved_filters import names_of
from concerns.triage.filters import Chosen, QueueFilter, url_of
from safeguarding_portal.design_system.dates import PARTS

_NAMED = ("owner", "team", "directorate", "bundle")


@dataclass(frozen=True)
class Chip:
    """One part of the filter, and the address of the list without it."""

    label: str
    words: str
    without: str


def chips(chosen: Chosen, asked: QueueFilter, view: str) -> list[Chip]:
    """Return the parts of a filter; what makes no sense in it is said to be so."""
    asked.form.is_valid()
    ids = {
        name: [int(value) for value in chosen.get(name, []) if value.isdecimal()] for name in _NAMED
    }
    names = names_of(ids)
    found = []
    for name, item in asked.filters.items():
        for value in _values(chosen, name):
            words = _words(name, value, item, names) if name not in asked.form.errors else ""
            found.append(
                Chip(
                    str(item.field.label),
                    words or "not understood, left out",
                    url_of(_without(chosen, name, value), view),
                )
            )
    return found


def _values(chosen: Chosen, name: str) -> list[str]:
    if name in {"received_from", "received_to"}:
        parts = [next(iter(chosen.get(f"{name}_{part}", [])), "") for part in PARTS]
        return [" ".join(parts)] if any(parts) else []
    return chosen.get(name, [])


def _without(chosen: Chosen, name: str, value: str) -> Chosen:
    dates = {f"{name}_{part}" for part in PARTS}
    kept = {
        key: [item for item in values if key != name or item != value]
        for key, values in chosen.items()
        if key not in dates
    }
    return {key: values for key, values in kept.items() if values}


def _words(name: str, value: str, item: object, names: dict[tuple[str, str], str]) -> str:
    if name in {"overdue", "restricted"}:
        return "yes"
    options = dict(getattr(item.field, "choices", ()))  # type: ignore[attr-defined]
    found = names.get((name, value)) if name in _NAMED and value.isdecimal() else None
    return found or str(options.get(value, value if not options else ""))
