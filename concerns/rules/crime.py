"""Whether a crime may have happened (R2): the reporter's word, else what the category suggests."""

from __future__ import annotations

from concerns.rules.case import Case


def may_be_crime(case: Case) -> bool:
    """Whether R2 applies. An unborn child is not a victim for R2; a neglected one only on a "yes".

    Wilful neglect by a paid carer, hate crime and online images count by default (SETTLED).
    """
    if case.is_unborn:
        return False
    if case.person.crime != "unknown":
        return case.person.crime == "yes"
    paid = any(item.paid_carer == "yes" or item.relation == "provider" for item in case.alleged)
    return (
        any(item.is_crime for item in case.categories)
        or case.person.hate_crime == "yes"
        or case.has("online")
        or (case.person.wilful_neglect == "yes" and paid)
    )
