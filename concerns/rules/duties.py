"""What the reporter must do in person, must not do, and should think of: tables again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.ages import ADULT_AGE, LONDON, age_on
from concerns.rules.case import Case
from concerns.rules.crime import may_be_crime
from concerns.rules.places import was_harmed_elsewhere

# SETTLED names the first five; the Act's duty is on every regulated health or care professional.
FGM_PROFESSIONS = frozenset(
    {"social_worker", "nurse", "doctor", "midwife", "teacher", "other_regulated"}
)


@dataclass(frozen=True)
class AdviceRow:
    """When `when` fits, this is said. `slug` is stable; `words` are for the reporter."""

    rule_id: str
    slug: str
    when: Callable[[Case], bool]
    words: str
    source: str


def has_fgm_duty(case: Case) -> bool:
    """Whether the reporter in person must tell the police of FGM (R11). All of it must hold.

    A regulated professional, in their work, told by the girl or having seen signs, and she is under
    18 on that day. Somebody whose age is uncertain is a child until determined (R4).
    """
    reporter = case.facts.reporter
    known = case.person.fgm in {"told_by_girl", "saw_signs"}
    professional = reporter.profession in FGM_PROFESSIONS and reporter.learned_in_work == "yes"
    return known and professional and not case.is_unborn and _was_under_18_when_told(case)


def _was_under_18_when_told(case: Case) -> bool:
    """Whether she was under 18 on the day the professional learned of it."""
    told_at, dob = case.facts.reporter.told_at, case.person.dob
    if case.is_child or told_at is None or dob is None:
        return case.is_child
    return age_on(min(told_at.astimezone(LONDON).date(), case.today), dob) < ADULT_AGE


def _is_family_danger(case: Case) -> bool:
    return case.has("honour", "forced_marriage", "fgm")


def _is_online(case: Case) -> bool:
    return case.has("online") or case.person.online_images == "yes"


def _is_pointed_elsewhere(case: Case) -> bool:
    """Whether it is an adult outside safeguarding, who is told who else can help (R6)."""
    return case.is_outside and not case.is_unidentified


PERSONAL: tuple[AdviceRow, ...] = (
    AdviceRow(
        "R11",
        "fgm-report-to-police",
        has_fgm_duty,
        "You yourself must report this to the police on 101, by the close of the next working day. "
        "Nobody can do it for you.",
        "Female Genital Mutilation Act 2003, section 5B",
    ),
)

DO_NOT: tuple[AdviceRow, ...] = (
    AdviceRow(
        "R17.family",
        "do-not-contact-family",
        _is_family_danger,
        "Do not contact the family or anyone in the community.",
        "R17: The right to choose",
    ),
    AdviceRow(
        "R17.mediate",
        "do-not-mediate",
        _is_family_danger,
        "Do not try to make peace.",
        "R17: The right to choose",
    ),
    AdviceRow(
        "R17.interpreter",
        "do-not-use-community-interpreter",
        _is_family_danger,
        "Do not use a family member or a local interpreter.",
        "R17: The right to choose",
    ),
    AdviceRow(
        "R9.subject",
        "do-not-tell-subject",
        lambda case: case.is_position_of_trust,
        "Do not tell or question the person whom the allegation is about.",
        "R9, R10",
    ),
    AdviceRow(
        "R18",
        "do-not-view-or-copy-images",
        _is_online,
        "Do not look at, copy, forward or upload sexual images of a child. Write down where they "
        "are.",
        "R18",
    ),
    AdviceRow(
        "R23.informant",
        "do-not-name-informant",
        lambda case: "yes" in (case.facts.informant.shield, case.facts.informant.anonymous),
        "Do not let the family know who told you.",
        "R23",
    ),
    AdviceRow(
        "R23",
        "do-not-promise-secrecy",
        lambda case: True,
        "Do not promise to keep it secret.",
        "R23: Corporate Safeguarding Policy 6.1",
    ),
)

PROMPTS: tuple[AdviceRow, ...] = (
    AdviceRow(
        "P2.injury",
        "medical-help-today",
        lambda case: case.is_injured,
        "Get medical help today, even without symptoms.",
        "SETTLED: injury",
    ),
    AdviceRow(
        "R14.dash",
        "dash",
        lambda case: case.is_abuse_subject and case.person.dash_ticks is None,
        "Offer a DASH risk checklist.",
        "R14",
    ),
    AdviceRow(
        "R15.capacity",
        "capacity",
        lambda case: (
            not case.is_child
            and case.person.capacity == "unknown"
            and (case.has("self_neglect") or case.person.consent.report != "given")
        ),
        "Record whether they can make this decision. Refusing help does not end the concern.",
        "R15: Mental Capacity Act 2005",
    ),
    AdviceRow(
        "R21.reason",
        "override-reason",
        lambda case: (
            case.is_adult_at_risk
            and case.person.consent.report != "given"
            and not case.person.override_reason
        ),
        "The lead must write the reason for telling without agreement.",
        "R21",
    ),
    AdviceRow(
        "FIRE",
        "fire-safety-visit",
        lambda case: case.person.fire_risk == "yes",
        "Offer a fire and rescue safety visit.",
        "SETTLED: fire risk",
    ),
    AdviceRow(
        "CARER",
        "carers-assessment",
        lambda case: case.person.carer_struggling == "yes",
        "Offer the carer an assessment of their own.",
        "Care Act 2014, section 10",
    ),
    AdviceRow(
        "R10.practice",
        "contract-or-cqc",
        lambda case: any(item.conduct == ("practice",) for item in case.alleged),
        "Poor practice alone: tell the contract manager or the CQC.",
        "R10",
    ),
    AdviceRow(
        "R13.channel",
        "channel-is-voluntary",
        lambda case: case.has("radicalisation"),
        "A lead sends the national Prevent form. Support through Channel is voluntary.",
        "R13",
    ),
    AdviceRow(
        "R18.where",
        "write-down-where-it-is-online",
        _is_online,
        "Write down the app, site or device, and leave it for the police or CEOP to look at.",
        "R18",
    ),
    AdviceRow(
        "R23.anonymous",
        "informant-may-stay-unnamed",
        lambda case: case.facts.informant.anonymous == "yes",
        "The person who told you may stay unnamed. Your own name goes to leads.",
        "R23",
    ),
    AdviceRow(
        "R6.abuse",
        "domestic-abuse-support",
        lambda case: _is_pointed_elsewhere(case) and case.is_abuse_subject,
        "Tell them about domestic abuse services: help does not depend on care needs.",
        "R6",
    ),
    AdviceRow(
        "R6.crime",
        "police-and-victim-support",
        lambda case: _is_pointed_elsewhere(case) and may_be_crime(case),
        "They can go to the police themselves, and to Victim Support.",
        "R6",
    ),
    AdviceRow(
        "R6.advice",
        "information-and-advice",
        _is_pointed_elsewhere,
        "Adult Social Care gives information and advice to any adult. Record where you pointed "
        "them to.",
        "R6: Care Act 2014, section 4",
    ),
    AdviceRow(
        "R20.adult",
        "pass-on-to-other-authority",
        lambda case: case.is_adult_at_risk and was_harmed_elsewhere(case),
        "The abuse happened elsewhere: Adult Social Care passes it to that council.",
        "R20",
    ),
    AdviceRow(
        "R7",
        "think-family",
        lambda case: not case.facts.household and case.facts.household_known != "yes",
        "Ask who else lives there: children, someone pregnant, an adult at risk.",
        "R7",
    ),
)


def applying(table: tuple[AdviceRow, ...], case: Case) -> tuple[AdviceRow, ...]:
    """Return the rows of a table that fit, in order."""
    return tuple(row for row in table if row.when(case))
