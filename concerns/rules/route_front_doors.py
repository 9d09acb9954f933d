"""Social care, early help and the police: who is told of one person (R1 to R8, R16, R20, R21).

Rows of a body are tried in order and the first that fits decides. Required routes go at once,
offered ones wait for a lead. Agreement never removes Adult Social Care, and moves the police only
where no rule names them (SETTLED).
"""

from __future__ import annotations

from concerns.rules.classify import is_both, may_be_both
from concerns.rules.consent import is_refused, may_tell_police, override_rows
from concerns.rules.crime import may_be_crime
from concerns.rules.places import HOME, SOLIHULL, authorities, is_found_unknown
from concerns.rules.route_rows import (
    ASC,
    CASS,
    NOT_NEEDED,
    OFFERED,
    OTHER_DOOR,
    REQUIRED,
    SOLIHULL_DOOR,
    RouteRow,
    is_999,
    is_another_child_at_risk,
    is_child_harmed_at_work,
    is_child_referral,
    is_early_help,
    is_police_named,
)

R2 = "R2: report a possible crime as well, never instead"
TRUST = "Corporate Safeguarding Policy 6.1; R3"
POLICE_101 = "police-non-emergency"
RHRT = "Right Help Right Time"

SOCIAL_CARE: tuple[RouteRow, ...] = (
    RouteRow(
        "R20.found_unknown",
        CASS,
        lambda case: is_child_referral(case) and is_found_unknown(case),
        OFFERED,
        "The child lives outside Birmingham, and where they are now is not known.",
        "R20",
    ),
    RouteRow(
        "R20.found_elsewhere",
        CASS,
        lambda case: is_child_referral(case) and HOME not in authorities(case),
        NOT_NEEDED,
        "The child lives and is found outside Birmingham: the other council is told.",
        "R20",
    ),
    RouteRow(
        "R3.route",
        CASS,
        is_child_referral,
        REQUIRED,
        "A child who is harmed or at risk of harm goes to the Children's Trust.",
        TRUST,
    ),
    RouteRow(
        "R8.both",
        CASS,
        is_both,
        REQUIRED,
        "Some of the harm was before they turned 18, and is recent or a child may be at risk.",
        "R8",
    ),
    RouteRow(
        "R8.may_be_both",
        CASS,
        may_be_both,
        OFFERED,
        "Some of the harm was before they turned 18. When, or who is at risk now, is not known.",
        "R8",
    ),
    RouteRow(
        "R9.child",
        CASS,
        is_child_harmed_at_work,
        REQUIRED,
        "A child is said to be harmed by somebody in a position of trust.",
        "R9",
    ),
    RouteRow(
        "R7.child_at_risk",
        CASS,
        is_another_child_at_risk,
        REQUIRED,
        "An identified child is at risk from the same person.",
        "R7, R9",
    ),
    RouteRow(
        "P4.early_help",
        CASS,
        is_early_help,
        NOT_NEEDED,
        "No harm is reported: early help fits, with a parent's agreement.",
        RHRT,
    ),
    RouteRow(
        "R20.solihull",
        SOLIHULL_DOOR,
        lambda case: is_child_referral(case) and SOLIHULL in authorities(case),
        REQUIRED,
        "The child lives or is found in Solihull.",
        "R20",
    ),
    RouteRow(
        "R20.other",
        OTHER_DOOR,
        lambda case: (
            is_child_referral(case)
            and any(place not in {HOME, SOLIHULL} for place in authorities(case))
        ),
        REQUIRED,
        "The child lives or is found in another council's area: that council is told.",
        "R20",
    ),
    RouteRow(
        "R5.refused",
        ASC,
        lambda case: case.is_adult_at_risk and is_refused(case),
        REQUIRED,
        "An adult at risk goes to Adult Social Care. They said no: a lead decides how.",
        "R5, R21",
        ("refused",),
    ),
    RouteRow(
        "R5.overridden",
        ASC,
        lambda case: (
            case.is_adult_at_risk
            and case.person.consent.report == "refused"
            and bool(override_rows(case))
        ),
        REQUIRED,
        "An adult at risk goes to Adult Social Care. They said no, and a reason overrides it.",
        "R5, R21",
        ("overridden",),
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
        lambda case: case.is_outside and not case.is_unidentified,
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
        RHRT,
    ),
    RouteRow(
        "RHRT.early_help_refused",
        "early-help",
        lambda case: is_early_help(case) and case.person.consent.early_help == "refused",
        NOT_NEEDED,
        "A parent has said no to early help. If the worry grows, report it again.",
        "Right Help Right Time; R21",
    ),
    RouteRow(
        "RHRT.early_help_offer",
        "early-help",
        is_early_help,
        OFFERED,
        "Early help needs a parent's agreement.",
        "Right Help Right Time; R21",
        ("awaiting_consent",),
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
    RouteRow("R1.replaces_101", POLICE_101, is_999, NOT_NEEDED, "999 replaces 101.", "R1"),
    RouteRow(
        "R2.named",
        POLICE_101,
        is_police_named,
        REQUIRED,
        "FGM, modern slavery, a missing person, honour or forced marriage: the police are told, "
        "whatever is agreed.",
        "R11, R12, R16, R17",
    ),
    RouteRow(
        "R2.known",
        POLICE_101,
        lambda case: case.facts.police_informed == "yes",
        REQUIRED,
        "The police know already.",
        R2,
    ),
    RouteRow(
        "R2.child",
        POLICE_101,
        lambda case: case.is_child and may_be_crime(case),
        REQUIRED,
        "A crime against a child may have happened.",
        R2,
    ),
    RouteRow(
        "R14.police",
        POLICE_101,
        lambda case: (
            case.has("domestic_abuse") and case.has_child_in_household and may_be_crime(case)
        ),
        REQUIRED,
        "Domestic abuse with a child or unborn baby in the household.",
        "R14",
    ),
    RouteRow(
        "R2.adult",
        POLICE_101,
        lambda case: may_be_crime(case) and may_tell_police(case),
        REQUIRED,
        "A crime may have happened, and the adult agrees or a reason overrides.",
        "R2, R21",
    ),
    RouteRow(
        "R2.offered",
        POLICE_101,
        may_be_crime,
        OFFERED,
        "A crime may have happened. The adult has not agreed to the police being told.",
        "R2, R21",
        ("awaiting_consent",),
    ),
    RouteRow(
        "R2.said_no",
        POLICE_101,
        lambda case: case.person.crime == "no",
        NOT_NEEDED,
        "The reporter says that no crime has happened.",
        R2,
    ),
)
