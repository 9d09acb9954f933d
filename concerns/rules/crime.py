"""Whether a crime may have happened (R2): the reporter's word, else what the category suggests."""

from __future__ import annotations

from concerns.rules.case import Case


def may_be_crime(case: Case) -> bool:
    """Whether R2 applies. An unborn child is not a victim for R2; a neglected one only on a "yes".

    Wilful neglect by a paid carer, hate crime, online images, a plan to hurt people and an
    allegation that is called an offence count by default (SETTLED).
    """
    person = case.person
    if case.is_unborn:
        return False
    if person.crime != "unknown":
        return person.crime == "yes"
    paid = any(item.paid_carer == "yes" or item.relation == "provider" for item in case.alleged)
    return (
        any(item.is_crime for item in case.categories)
        or person.hate_crime == "yes"
        or _is_image_crime(case)
        or (person.wilful_neglect == "yes" and paid)
        or any("offence" in item.conduct for item in case.alleged)
        or (case.has("radicalisation") and person.plan_to_harm == "yes")
    )


def _is_image_crime(case: Case) -> bool:
    """Whether sexual images are part of it; for a child's online harm, not knowing counts."""
    images = case.person.online_images
    return images == "yes" or (case.is_child and case.has("online") and images == "unknown")
