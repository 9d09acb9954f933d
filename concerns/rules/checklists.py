"""What a lead has to think of before deciding, by kind of concern. Prompts, never thresholds.

A kind applies by what the concern is (`KINDS`); each prompt names its source in DOMAIN, which the
council confirms before live use. "No", "not yet" and "not relevant" are answers like "yes": a
checklist never blocks, it shows what was thought of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

ANSWERS = {
    "yes": "Yes",
    "no": "No",
    "not_yet": "Not yet",
    "not_relevant": "Not relevant",
}


@dataclass(frozen=True)
class Profile:
    """What decides which kinds apply: the concern as it stands."""

    group: str
    categories: frozenset[str]
    # Bodies that it goes or went to; one that was only offered and set aside does not count.
    agencies: frozenset[str]
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kind:
    """A kind of concern with a checklist of its own."""

    slug: str
    title: str
    when: Callable[[Profile], bool]


TRUST_BODIES = frozenset({"lado", "pipot"})
SLAVERY_BODIES = frozenset({"nrm", "duty-to-notify", "modern-slavery-helpline"})
KINDS: tuple[Kind, ...] = (
    Kind("child", "Child", lambda profile: profile.group == "child"),
    Kind("adult", "Adult at risk", lambda profile: profile.group == "adult_at_risk"),
    Kind(
        "position_of_trust",
        "Position of trust",
        lambda profile: (
            not profile.agencies.isdisjoint(TRUST_BODIES) or "P2.trust" in profile.rules
        ),
    ),
    Kind("self_neglect", "Self-neglect", lambda profile: "self_neglect" in profile.categories),
    Kind("fgm", "FGM", lambda profile: "fgm" in profile.categories),
    Kind(
        "modern_slavery",
        "Modern slavery",
        lambda profile: (
            "slavery" in profile.categories or not profile.agencies.isdisjoint(SLAVERY_BODIES)
        ),
    ),
    Kind(
        "prevent",
        "Prevent",
        lambda profile: "radicalisation" in profile.categories or "prevent" in profile.agencies,
    ),
)
KIND_BY_SLUG = {kind.slug: kind for kind in KINDS}


@dataclass(frozen=True)
class Prompt:
    """One question of a checklist; `slug` is stable, since answers keep it."""

    kind: str
    slug: str
    words: str
    source: str


PROMPTS: tuple[Prompt, ...] = (
    Prompt(
        "child",
        "called",
        "The front door was rung, and the call is recorded",
        "Birmingham children's front door (CASS)",
    ),
    Prompt(
        "child",
        "request_for_support",
        "The Request for Support was sent: worries, strengths, next steps",
        "Right Help Right Time: Request for Support",
    ),
    Prompt(
        "child",
        "childs_words",
        "The child's own words are written down as they said them",
        "Local child referral forms",
    ),
    Prompt(
        "child",
        "other_children",
        "Other children and unborn babies in the home were asked about",
        "R7",
    ),
    Prompt("child", "worker", "The allocated social worker was told, if there is one", "R19"),
    Prompt(
        "child",
        "parents",
        "It was decided whether parents may know, and why",
        "R21: consent is not needed at risk of harm; information sharing advice 2024",
    ),
    Prompt(
        "child",
        "acknowledged",
        "The front door said within one working day what it will do",
        "Working Together, 2018 to 2023; to be confirmed for 2026",
    ),
    Prompt(
        "adult",
        "views",
        "Their own views, and what they want to happen, are recorded",
        "Making Safeguarding Personal",
    ),
    Prompt(
        "adult",
        "consent",
        "They were asked, or it is written why not and on which ground",
        "R21: Care Act guidance",
    ),
    Prompt(
        "adult",
        "capacity",
        "Capacity for this decision was thought of: understand, retain, weigh, communicate",
        "Mental Capacity Act 2005",
    ),
    Prompt(
        "adult",
        "advocate",
        "Somebody speaks for them, if they need it",
        "West Midlands adult procedures, concern forms",
    ),
    Prompt(
        "adult",
        "household",
        "Children and other adults at risk in the household were asked about",
        "R7",
    ),
    Prompt(
        "adult",
        "safe_contact",
        "It is known how to reach them safely",
        "West Midlands adult procedures, concern forms",
    ),
    Prompt(
        "adult",
        "section_42",
        "Adult Social Care was asked what it decided about section 42",
        "R5: Care Act 2014, section 42; no statutory days",
    ),
    Prompt(
        "position_of_trust",
        "lado",
        "For somebody who works with children: the LADO was told within one working day",
        "R9; to be confirmed",
    ),
    Prompt(
        "position_of_trust",
        "pipot",
        "For somebody who works with adults: the PiPoT lead was told",
        "R10: West Midlands Adult Position of Trust Framework",
    ),
    Prompt(
        "position_of_trust",
        "victim",
        "Whoever was harmed has a concern of their own",
        "R9, R10",
    ),
    Prompt(
        "position_of_trust",
        "not_told",
        "Nobody has told or interviewed the person it is about",
        "R9; SETTLED: R10 too",
    ),
    Prompt("position_of_trust", "cqc", "The CQC was told, if the service is regulated", "R10"),
    Prompt(
        "position_of_trust",
        "access",
        "The record is kept from the person, their manager and anybody close to them",
        "R24",
    ),
    Prompt(
        "self_neglect",
        "capacity",
        "Capacity for this decision is recorded; a refusal does not end the concern",
        "R15: Mental Capacity Act 2005",
    ),
    Prompt(
        "self_neglect",
        "now",
        "Food, heat, medicine and care are there today",
        "The portal's own setting, for the council to confirm",
    ),
    Prompt(
        "self_neglect",
        "fire",
        "A fire and rescue safety visit was offered, if exits are blocked or heating is unsafe",
        "SETTLED: fire risk",
    ),
    Prompt(
        "self_neglect",
        "others",
        "Others in the home were thought of, children and animals included",
        "R7",
    ),
    Prompt(
        "fgm",
        "duty",
        "If the girl told them or they saw signs: the professional has reported on 101 in person",
        "R11: Female Genital Mutilation Act 2003, section 5B",
    ),
    Prompt("fgm", "front_door", "For a girl under 18: the front door was rung", "R11"),
    Prompt("fgm", "travel", "It was asked whether she may be taken abroad, and when", "R11"),
    Prompt(
        "fgm",
        "family",
        "Nobody has spoken to the family, or used a community interpreter",
        "R17; SETTLED: also for FGM",
    ),
    Prompt("fgm", "sisters", "Sisters and other girls in the family were thought of", "R7"),
    Prompt(
        "modern_slavery",
        "nrm",
        "A child was referred to the National Referral Mechanism; an adult if they agreed",
        "R12: Modern Slavery Act 2015, section 52",
    ),
    Prompt(
        "modern_slavery",
        "duty_to_notify",
        "An adult who did not agree was notified without a name",
        "R12: Modern Slavery Act 2015, section 52",
    ),
    Prompt(
        "modern_slavery",
        "age",
        "Where the age is not certain, they are treated as a child",
        "R4: Modern Slavery Act 2015, section 51",
    ),
    Prompt("modern_slavery", "police", "The police were told", "R12"),
    Prompt(
        "modern_slavery",
        "interpreter",
        "An interpreter from outside their community was used, if one was needed",
        "R12, R17",
    ),
    Prompt("prevent", "form", "The national Prevent form was sent through the lead", "R13"),
    Prompt(
        "prevent",
        "danger",
        "Planning or preparing violence was asked about: then it is 999",
        "R13",
    ),
    Prompt(
        "prevent",
        "social_care",
        "Children's social care knows of a child; Adult Social Care of an adult at risk",
        "R13",
    ),
    Prompt(
        "prevent",
        "channel",
        "They know that support through Channel is their choice",
        "R13; to be confirmed",
    ),
)


def kinds_for(profile: Profile) -> tuple[Kind, ...]:
    """Return the kinds that apply, in the order of the table; there may be none."""
    return tuple(kind for kind in KINDS if kind.when(profile))


def prompts_of(kind: str) -> tuple[Prompt, ...]:
    """Return the prompts of one kind, in order."""
    return tuple(prompt for prompt in PROMPTS if prompt.kind == kind)
