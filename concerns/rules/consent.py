"""Agreement, and when the law lets somebody be told without it (R21).

A child's safety needs no agreement. An adult's is sought; a ground below overrides a refusal. The
facts give grounds by themselves, and the reporter may add some; the reason in words binds the
lead's decision, never the reporter's report.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.case import Case

R21 = "R21: Care Act guidance; Mental Capacity Act 2005"


@dataclass(frozen=True)
class OverrideRow:
    """A ground for telling somebody without agreement."""

    rule_id: str
    when: Callable[[Case], bool]
    ground: str
    reason: str
    source: str = R21


def _says(case: Case, ground: str) -> bool:
    return ground in case.person.override_grounds


def _is_somebody_else_at_risk(case: Case) -> bool:
    """Whether another identified living person is at risk; an unborn child is not one here."""
    return any(
        person.group != "unborn" and bool(person.categories)
        for number, person in enumerate(case.facts.people)
        if number != case.number
    ) or any(
        member.kind != "unborn" and (member.touched == "yes" or bool(member.categories))
        for member in case.facts.household
    )


OVERRIDES: tuple[OverrideRow, ...] = (
    OverrideRow(
        "R21.risk",
        lambda case: _says(case, "seeking_raises_risk"),
        "seeking_raises_risk",
        "Asking would raise the risk.",
    ),
    OverrideRow(
        "R21.cannot_seek",
        lambda case: _says(case, "cannot_seek"),
        "cannot_seek",
        "They cannot be asked.",
    ),
    OverrideRow(
        "R21.capacity",
        lambda case: (
            _says(case, "best_interests")
            and (case.person.capacity == "lacks" or _says(case, "lacks_capacity"))
        ),
        "best_interests",
        "They cannot make this decision now, and telling is in their best interests.",
    ),
    OverrideRow(
        "R21.others",
        lambda case: (
            _says(case, "others_at_risk")
            or any(
                item.other_victims == "yes" or item.child_at_risk == "yes" for item in case.alleged
            )
            or _is_somebody_else_at_risk(case)
        ),
        "others_at_risk",
        "Other people are at risk.",
    ),
    OverrideRow(
        "R14.household",
        lambda case: case.has("domestic_abuse") and case.has_child_in_household,
        "others_at_risk",
        "A child or unborn baby is in the household.",
        "R14; Domestic Abuse Act 2021, section 3",
    ),
    OverrideRow(
        "R21.paid_carer",
        lambda case: (
            _says(case, "paid_carer")
            or any(item.paid_carer == "yes" or item.relation == "provider" for item in case.alleged)
        ),
        "paid_carer",
        "A paid carer may have caused the harm.",
    ),
    OverrideRow(
        "R21.coercion",
        lambda case: _says(case, "coercion") or case.person.coercion == "yes",
        "coercion",
        "They are controlled or coerced.",
    ),
    OverrideRow(
        "R21.serious_crime",
        lambda case: (
            _says(case, "serious_crime")
            or case.has("sexual", "sexual_exploitation", "fgm", "forced_marriage")
            or case.is_slavery
            or case.is_injured
        ),
        "serious_crime",
        "A serious crime may have happened.",
    ),
)


def override_rows(case: Case) -> tuple[OverrideRow, ...]:
    """Return every ground that applies to an adult, in the order of the table."""
    return tuple(row for row in OVERRIDES if row.when(case))


def may_tell_police(case: Case) -> bool:
    """Whether the police may be told of an adult: agreed, or overridden. Unasked is not agreed."""
    return case.person.consent.police == "given" or bool(override_rows(case))


def is_refused(case: Case, share: str = "report") -> bool:
    """Whether an adult said no to a sharing (a field of `Consent`), and nothing overrides it.

    Not asked about this one, what they said of telling anybody counts. Adult Social Care is told
    all the same (SETTLED); only bodies outside the council have to wait for a lead.
    """
    answer = getattr(case.person.consent, share)
    if answer in {"unknown", "unsought"}:
        answer = case.person.consent.report
    return not case.is_child and answer == "refused" and not override_rows(case)
