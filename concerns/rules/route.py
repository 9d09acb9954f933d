"""Who is told of one person: every body, whether required, offered or not needed, and why.

Each row says for one body when a requirement holds. Rows of a body are tried in order and the first
that fits decides; a body with no fitting row is not named at all. Required routes go at once,
offered ones wait for a lead. Source: R1 to R22 in DOMAIN section 2, as SETTLED reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.case import Case, is_allegation
from concerns.rules.classify import age_range, is_both
from concerns.rules.consent import may_tell_police
from concerns.rules.crime import may_be_crime

REQUIRED, OFFERED, NOT_NEEDED = "required", "offered", "not_needed"
HOME = "birmingham"
SOLIHULL = "solihull"


@dataclass(frozen=True)
class RouteRow:
    """When `when` fits a person, this body is required, offered or not needed."""

    rule_id: str
    body: str
    when: Callable[[Case], bool]
    requirement: str
    reason: str
    source: str
    marks: tuple[str, ...] = ()


def found_in(case: Case) -> str:
    """Return the authority to which a child is reported first: where found, else where living."""
    return (case.person.found_in or case.person.lives_in or HOME).strip().lower()


def authorities(case: Case) -> tuple[str, ...]:
    """Return the child authorities to tell, the first one first (R20).

    Where the child is found comes first; where they live is told too. Not known: Birmingham.
    """
    home = case.person.lives_in.strip().lower()
    return tuple(dict.fromkeys(place for place in (found_in(case), home) if place))


def is_early_help(case: Case) -> bool:
    """Whether a child has wants or needs only, no harm."""
    return case.is_child and not case.is_harmed


def _is_child_referral(case: Case) -> bool:
    return case.is_child and not is_early_help(case)


def is_999(case: Case) -> bool:
    """Whether the police and ambulance are called on 999."""
    travels = case.has("fgm", "forced_marriage") and case.person.travel == "today"
    plans = case.has("radicalisation") and case.person.plan_to_harm == "yes"
    return case.is_r1 or case.is_high_risk_missing or travels or plans


def _police_is_named(case: Case) -> bool:
    """Whether R11, R12, R16 or R17 names the police, whatever consent says."""
    known_fgm = case.is_child and case.person.fgm in {"told_by_girl", "saw_signs"}
    missing = case.has("missing") and case.person.missing != "back"
    travels = case.has("fgm", "forced_marriage") and case.person.travel == "soon"
    honour = case.has("honour", "forced_marriage")
    return known_fgm or missing or travels or honour or case.is_slavery


def is_children_workforce(case: Case) -> bool:
    """Whether an allegation is about somebody who works or volunteers with children (R9).

    Somebody paid to care for a child works with children, whether it is said or not.
    """
    return any(
        is_allegation(item)
        and (
            item.workforce in {"children", "both"}
            or (
                case.is_child
                and item.workforce == "unknown"
                and (item.paid_carer == "yes" or item.relation == "provider")
            )
        )
        for item in case.alleged
    )


def is_adult_workforce(case: Case) -> bool:
    """Whether an allegation is about somebody who works or volunteers with adults (R10)."""
    return any(
        is_allegation(item)
        and (
            item.workforce in {"adults", "both"}
            or (
                item.workforce in {"unknown", "none"}
                and not case.is_child
                and (item.paid_carer == "yes" or item.relation == "provider")
            )
        )
        for item in case.alleged
    )


def _workforce_unknown(case: Case) -> bool:
    """Whether somebody's work is in question but not whom they work with."""
    return any(item.workforce == "unknown" and bool(item.conduct) for item in case.alleged)


def _trust_child(case: Case) -> bool:
    """Whether an allegation without a child's record of its own still goes to the front door."""
    return (
        not case.is_child
        and is_children_workforce(case)
        and any(
            item.child_at_risk == "yes"
            or (item.harmed_child == "yes" and case.person.harm_continues_contact != "no")
            for item in case.alleged
        )
    )


def _cqc(case: Case, answer: str) -> bool:
    return is_adult_workforce(case) and any(
        item.regulated_provider == answer and item.private_life != "yes" for item in case.alleged
    )


def _dv_adult(case: Case) -> bool:
    return case.has("domestic_abuse") and (not case.is_child or _is_sixteen(case))


def _is_sixteen(case: Case) -> bool:
    """Whether a child is 16 or 17, from which DASH and MARAC fit them (R14)."""
    low, _ = age_range(case)
    return low is not None and low >= 16


CASS, ASC = "childrens-social-care", "adult-social-care"
R2 = "R2: report a possible crime as well, never instead"

SOCIAL_CARE: tuple[RouteRow, ...] = (
    RouteRow(
        "R20.found_elsewhere",
        CASS,
        lambda case: _is_child_referral(case) and HOME not in authorities(case),
        NOT_NEEDED,
        "The child lives and is found outside Birmingham: the other council is told.",
        "R20",
    ),
    RouteRow(
        "R3.route",
        CASS,
        _is_child_referral,
        REQUIRED,
        "A child who is harmed or at risk of harm goes to the Children's Trust.",
        "Corporate Safeguarding Policy 6.1; R3",
    ),
    RouteRow(
        "R8.both",
        CASS,
        is_both,
        REQUIRED,
        "Some of the harm was before they turned 18, and is recent or a child may still be at "
        "risk.",
        "R8",
    ),
    RouteRow(
        "R9.child",
        CASS,
        _trust_child,
        REQUIRED,
        "A child was harmed, or is at risk, from somebody who works with children.",
        "R9",
    ),
    RouteRow(
        "P4.early_help",
        CASS,
        is_early_help,
        NOT_NEEDED,
        "No harm is reported: early help fits, with a parent's agreement.",
        "Right Help Right Time",
    ),
    RouteRow(
        "R20.solihull",
        "solihull-childrens-social-care",
        lambda case: _is_child_referral(case) and SOLIHULL in authorities(case),
        REQUIRED,
        "The child lives or is found in Solihull.",
        "R20",
    ),
    RouteRow(
        "R20.other",
        "other-authority-children",
        lambda case: (
            _is_child_referral(case)
            and any(place not in {HOME, SOLIHULL} for place in authorities(case))
        ),
        REQUIRED,
        "The child lives or is found in another council's area: that council is told.",
        "R20",
    ),
    RouteRow(
        "R5.refused",
        ASC,
        lambda case: case.is_adult_at_risk and case.person.consent.report == "refused",
        REQUIRED,
        "An adult at risk goes to Adult Social Care. They said no: a lead decides how.",
        "R5, R21",
        ("refused",),
    ),
    RouteRow(
        "R5.route",
        ASC,
        lambda case: case.is_adult_at_risk,
        REQUIRED,
        "An adult at risk goes to Adult Social Care, who decide whether to enquire.",
        "Care Act 2014, section 42; Corporate Safeguarding Policy 6.1",
    ),
    RouteRow(
        "R6.not_safeguarding",
        ASC,
        lambda case: case.group == "neither" and case.person.group == "adult",
        NOT_NEEDED,
        "Not an adult at risk by what is reported: others can help.",
        "R6",
    ),
    RouteRow(
        "RHRT.early_help",
        "early-help",
        lambda case: is_early_help(case) and case.person.consent.early_help == "given",
        REQUIRED,
        "A parent has agreed to early help.",
        "Right Help Right Time",
    ),
    RouteRow(
        "RHRT.early_help_offer",
        "early-help",
        is_early_help,
        OFFERED,
        "Early help needs a parent's agreement.",
        "Right Help Right Time; R21",
    ),
)

POLICE: tuple[RouteRow, ...] = (
    RouteRow(
        "R1",
        "police-emergency",
        is_999,
        REQUIRED,
        "Someone is in danger now: 999 first, then social care.",
        "R1; Corporate Safeguarding Policy 6.1",
    ),
    RouteRow(
        "R1.replaces_101",
        "police-non-emergency",
        is_999,
        NOT_NEEDED,
        "999 replaces 101.",
        "R1",
    ),
    RouteRow(
        "R2.named",
        "police-non-emergency",
        _police_is_named,
        REQUIRED,
        "FGM, modern slavery, a missing person, honour or forced marriage: the police are told, "
        "whatever is agreed.",
        "R11, R12, R16, R17",
    ),
    RouteRow(
        "R2.child",
        "police-non-emergency",
        lambda case: case.is_child and may_be_crime(case),
        REQUIRED,
        "A crime against a child may have happened.",
        R2,
    ),
    RouteRow(
        "R14.police",
        "police-non-emergency",
        lambda case: (
            case.has("domestic_abuse") and case.has_child_in_household and may_be_crime(case)
        ),
        REQUIRED,
        "Domestic abuse with a child or unborn baby in the household.",
        "R14",
    ),
    RouteRow(
        "R2.adult",
        "police-non-emergency",
        lambda case: may_be_crime(case) and may_tell_police(case),
        REQUIRED,
        "A crime may have happened, and the adult agrees or a reason overrides.",
        f"{R2}; R21",
    ),
    RouteRow(
        "R2.offered",
        "police-non-emergency",
        may_be_crime,
        OFFERED,
        "A crime may have happened. The adult has not agreed to the police being told.",
        f"{R2}; R21",
    ),
)

SPECIALISTS: tuple[RouteRow, ...] = (
    RouteRow(
        "R9",
        "lado",
        is_children_workforce,
        REQUIRED,
        "An allegation about somebody who works or volunteers with children.",
        "R9: Working Together, allegations",
    ),
    RouteRow(
        "R9.unknown",
        "lado",
        _workforce_unknown,
        OFFERED,
        "It is not known whether they work with children.",
        "R9",
    ),
    RouteRow(
        "R10",
        "pipot",
        is_adult_workforce,
        REQUIRED,
        "An allegation about somebody who works or volunteers with adults who need care.",
        "R10: West Midlands Adult Position of Trust Framework",
    ),
    RouteRow(
        "R10.unknown",
        "pipot",
        _workforce_unknown,
        OFFERED,
        "It is not known whether they work with adults.",
        "R10",
    ),
    RouteRow(
        "R10.cqc",
        "cqc",
        lambda case: _cqc(case, "yes"),
        REQUIRED,
        "They work for a service that the CQC regulates.",
        "R10",
    ),
    RouteRow(
        "R10.cqc_unknown",
        "cqc",
        lambda case: _cqc(case, "unknown"),
        OFFERED,
        "It is not known whether the CQC regulates the service.",
        "R10",
    ),
    RouteRow(
        "R12.child",
        "nrm",
        lambda case: case.is_child and case.is_slavery,
        REQUIRED,
        "A child who may be a victim of modern slavery is always referred; nobody has to agree.",
        "R12: Modern Slavery Act 2015, section 52",
    ),
    RouteRow(
        "R12.adult",
        "nrm",
        lambda case: case.is_slavery and case.person.consent.nrm == "given",
        REQUIRED,
        "The adult agrees to be referred.",
        "R12: Modern Slavery Act 2015, section 52",
    ),
    RouteRow(
        "R12.offered",
        "nrm",
        lambda case: (
            case.may_be_slavery or (case.is_slavery and case.person.consent.nrm != "refused")
        ),
        OFFERED,
        "It may be modern slavery. An adult has to agree to be referred.",
        "R12",
    ),
    RouteRow(
        "R12.notify",
        "duty-to-notify",
        lambda case: not case.is_child and case.is_slavery and case.person.consent.nrm != "given",
        REQUIRED,
        "The adult has not agreed: the Home Office is told without a name.",
        "R12: Modern Slavery Act 2015, section 52",
    ),
    RouteRow(
        "R12.helpline",
        "modern-slavery-helpline",
        lambda case: case.is_slavery or case.may_be_slavery,
        OFFERED,
        "Advice at any hour.",
        "R12",
    ),
    RouteRow(
        "R13",
        "prevent",
        lambda case: case.has("radicalisation"),
        REQUIRED,
        "Someone may be drawn into extremism: the lead sends the national form.",
        "R13: Counter-Terrorism and Security Act 2015, section 26",
    ),
    RouteRow(
        "R14.marac",
        "marac",
        lambda case: _dv_adult(case) and case.has_marac_grounds,
        REQUIRED,
        "High risk: 14 or more ticks, professional judgement, or it is getting worse.",
        "R14",
    ),
    RouteRow(
        "R14.marac_offer",
        "marac",
        _dv_adult,
        OFFERED,
        "Domestic abuse below the MARAC threshold by what is known.",
        "R14",
    ),
    RouteRow(
        "R17.fmu",
        "forced-marriage-unit",
        lambda case: case.has("forced_marriage"),
        REQUIRED,
        "The Forced Marriage Unit advises and can act abroad.",
        "R17: The right to choose",
    ),
    RouteRow(
        "R17.honour",
        "forced-marriage-unit",
        lambda case: case.has("honour"),
        OFFERED,
        "Advice when honour-based abuse may lead to a marriage.",
        "R17",
    ),
    RouteRow(
        "R19",
        "allocated-worker",
        lambda case: case.person.has_worker == "yes" and case.person.worker_told != "yes",
        REQUIRED,
        "Tell their social worker, besides the front door, never instead.",
        "R19",
    ),
    RouteRow(
        "R19.done",
        "allocated-worker",
        lambda case: case.person.has_worker == "yes",
        REQUIRED,
        "Their social worker has been told.",
        "R19",
        ("done",),
    ),
    RouteRow(
        "R8.adviser",
        "personal-adviser",
        lambda case: not case.is_child and case.person.leaving_care in {"open", "leaver"},
        REQUIRED,
        "A young person whom children's services support: tell their personal adviser.",
        "R8",
    ),
    RouteRow(
        "FIRE",
        "fire-service",
        lambda case: case.person.fire_risk == "yes",
        OFFERED,
        "A fire and rescue safety visit.",
        "SETTLED: fire risk",
    ),
)

ROUTES = (*SOCIAL_CARE, *POLICE, *SPECIALISTS)


def routes_for(case: Case) -> tuple[RouteRow, ...]:
    """Return the deciding row of each body that is named for this person, in table order."""
    decided: dict[str, RouteRow] = {}
    for row in ROUTES:
        if row.body not in decided and row.when(case):
            decided[row.body] = row
    return tuple(decided.values())
