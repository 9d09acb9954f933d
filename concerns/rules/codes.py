"""The codes that national returns ask for, always provisional (DOMAIN section 3)."""

from __future__ import annotations

from dataclasses import dataclass

from concerns.rules.case import ADULT_AGE, Case
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
    if case.is_unidentified:
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
    """Return the factor; for physical and sexual harm and domestic abuse it depends on people.

    Who did it: a child or, also when their age is not known, an adult. At whom domestic abuse is
    aimed: 3A the child, 3B a parent (also when not known), 3C somebody else at home.
    """
    by_child = any(
        item.relation == "child" or (item.age is not None and item.age < ADULT_AGE)
        for item in case.alleged
    )
    if slug == "physical":
        return "18B" if by_child else "18C"
    if slug == "sexual":
        return "19B" if by_child else "19C"
    if slug == "domestic_abuse":
        return _domestic_abuse_code(case)
    return code


def _domestic_abuse_code(case: Case) -> str:
    if case.person.abuse_subject == "other":
        return "3C"
    return "3A" if case.lives_with_abuse_of == "self" else "3B"


KNOWN_RELATIONS = frozenset({"parent_carer", "partner", "relative", "child", "known"})


def source_of_risk(case: Case) -> str:
    """Return the SAC source of risk of an adult: service_provider, other_known, other_unknown.

    NHS, GP and assessing social-care staff are "other" (DOMAIN section 3); empty for a child, for
    self-neglect, and while nobody is named.
    """
    relations = {item.relation for item in case.alleged} - {"none"}
    if case.is_child or case.is_unidentified or not relations:
        return ""
    if "provider" in relations or any(item.paid_carer == "yes" for item in case.alleged):
        return "service_provider"
    return "other_known" if relations & KNOWN_RELATIONS else "other_unknown"
