"""Raw answers of whole reports, as drafts hold them."""

from __future__ import annotations

from typing import Any

Raw = dict[str, dict[str, list[str]]]

CHILD: Raw = {
    "danger": {"danger": ["no"]},
    "person.1": {"name": ["Robin Example"], "group": ["child"], "age": ["7"]},
    "where.1": {"lives": ["birmingham"], "now": ["home"]},
    "worry.1": {"worry": ["physical"]},
    "what-happened": {
        "account": ["Robin has a mark on the arm."],
        "known": ["seen"],
        "ongoing": ["yes"],
    },
    "injuries.1": {"hurt": ["no"]},
    "harm-by.1": {"relation": ["parent_carer"], "reach": ["yes"]},
    "household": {"who": ["none"]},
    "done": {"done": ["none"], "worker": ["no"]},
}
ADULT: Raw = {
    "danger": {"danger": ["no"]},
    "person.1": {"name": ["Sam Example"], "group": ["adult"], "age": ["81"]},
    "where.1": {"lives": ["birmingham"], "now": ["home"]},
    "needs.1": {"needs": ["yes"]},
    "worry.1": {"worry": ["financial"]},
    "what-happened": {"account": ["Money is gone."], "known": ["disclosed"], "ongoing": ["yes"]},
    "when": {"place": ["own_home"]},
    "harm-by.1": {"relation": ["relative"], "reach": ["yes"]},
    "household": {"who": ["none"]},
    "police.1": {"crime": ["yes"], "agree": ["no"]},
    "consent.1": {"agree": ["refuses"]},
    "override.1": {"grounds": ["none"]},
    "capacity.1": {"capacity": ["yes"]},
    "wishes.1": {"speaks": ["nobody"]},
    "done": {"done": ["none"], "worker": ["no"]},
}


def changed(raw: Raw, **pages: dict[str, list[str]] | None) -> Raw:
    """Return answers with some pages changed; `person__1` stands for `person.1`, None removes."""
    result: dict[str, Any] = dict(raw)
    for name, page in pages.items():
        key = name.replace("__", ".").replace("_", "-")
        if page is None:
            result.pop(key, None)
        else:
            result[key] = page
    return result


def family() -> Raw:
    """Return a report about two children and their mother, who has care and support needs."""
    return changed(
        CHILD,
        person__2={"group": ["child"], "age": ["3"]},
        person__3={"group": ["adult"], "age": ["30"], "name": ["Kim Example"]},
        where__2={"lives": ["birmingham"], "now": ["home"]},
        where__3={"lives": ["birmingham"], "now": ["home"]},
        worry__2={"worry": ["same"]},
        needs__3={"needs": ["yes"]},
        worry__3={"worry": ["psychological"]},
    )
