"""The codes that national returns ask for, always provisional (DOMAIN section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from concerns.rules.case import ADULT_AGE, Case
from concerns.rules.classify import age_range
from concerns.rules.taxonomy import ADULT, FLAGS


@dataclass(frozen=True)
class Code:
    """One code of one return: "dfe" factors for children, "sac" risk types for adults."""

    scheme: str
    code: str
    category: str
    provisional: bool = True


def codes_for(case: Case) -> tuple[Code, ...]:
    """Return the codes of a person's categories, flags mapped to what they are counted under."""
    if case.group == "neither" and case.person.group != "adult":
        return ()
    if case.is_child:
        return tuple(
            Code("dfe", _child_code(case, item.slug, item.code), item.slug)
            for item in case.categories
        )
    types = {item.slug for item in ADULT if item.slug not in FLAGS and item.code}
    codes: dict[str, Code] = {}
    for item in case.categories:
        for sac in item.sac or ((item.slug,) if item.slug in types else ()):
            codes.setdefault(sac, Code("sac", sac, item.slug))
    return tuple(codes.values())


def _child_code(case: Case, slug: str, code: str) -> str:
    """Return the factor; for physical and sexual harm and domestic abuse it depends on who did it.

    Age unknown counts as an adult. The partner of a child of 16 or 17 makes domestic abuse 3A,
    else it is a parent's, 3B.
    """
    by_child = any(
        item.relation == "child" or (item.age is not None and item.age < ADULT_AGE)
        for item in case.alleged
    )
    if slug == "physical":
        return "18B" if by_child else "18C"
    if slug == "sexual":
        return "19B" if by_child else "19C"
    own_partner = any(item.relation == "partner" for item in case.alleged)
    if slug == "domestic_abuse" and own_partner and (age_range(case)[0] or 0) >= 16:
        return "3A"
    return code
