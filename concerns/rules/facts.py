"""What the rules may know: every fact, with what it means and what it may be.

This one list is read by `schema.py` (the JSON Schema of `manage.py assess`) and by `read.py` (which
turns JSON into these values and names each wrong field). Every fact may be left out: unknown is a
value, never a blocker.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from concerns.rules.taxonomy import ALL_SLUGS, REFERRAL_SOURCES, meanings

UNKNOWN = "unknown"
TRI = ("yes", "no", UNKNOWN)
CONSENT = ("unsought", "given", "refused", UNKNOWN)


def tri(doc: str) -> Any:
    """Return a field that is yes, no or unknown."""
    return field(default=UNKNOWN, metadata={"doc": doc, "choices": TRI})


def choice(doc: str, *choices: str) -> Any:
    """Return a field with one of the choices; unknown is always one."""
    return field(default=UNKNOWN, metadata={"doc": doc, "choices": (*choices, UNKNOWN)})


def several(doc: str, choices: tuple[str, ...], *default: str) -> Any:
    """Return a field with any number of the choices; `default` holds when it is left out."""
    return field(default=default, metadata={"doc": doc, "several": choices})


def plain(doc: str, kind: str, **limits: int) -> Any:
    """Return an optional field of a plain kind.

    text, number, date, datetime, dates, numbers, or moment: a datetime, or a date for its start.
    """
    default: Any = {"text": "", "dates": (), "numbers": ()}.get(kind)
    return field(default=default, metadata={"doc": doc, "kind": kind, **limits})


def part(doc: str, kind: Any) -> Any:
    """Return a field that holds facts of its own."""
    return field(default_factory=kind, metadata={"doc": doc, "part": kind})


def parts(doc: str, kind: Any) -> Any:
    """Return a field that holds a list of such facts."""
    return field(default=(), metadata={"doc": doc, "parts": kind})


@dataclass(frozen=True)
class Consent:
    """Whether the adult (or, for early help, a parent) agrees to each sharing."""

    report: str = field(
        default=UNKNOWN,
        metadata={"doc": "To telling social care.", "choices": CONSENT},
    )
    police: str = field(
        default=UNKNOWN, metadata={"doc": "To telling the police.", "choices": CONSENT}
    )
    nrm: str = field(
        default=UNKNOWN,
        metadata={
            "doc": "To referral to the National Referral Mechanism (modern slavery).",
            "choices": CONSENT,
        },
    )
    marac: str = field(
        default=UNKNOWN, metadata={"doc": "To a MARAC referral.", "choices": CONSENT}
    )
    early_help: str = field(
        default=UNKNOWN,
        metadata={"doc": "A parent's agreement to early help.", "choices": CONSENT},
    )


OVERRIDES = (
    "seeking_raises_risk",
    "cannot_seek",
    "lacks_capacity",
    "best_interests",
    "others_at_risk",
    "paid_carer",
    "coercion",
    "serious_crime",
)
SENSITIVE = ("council_staff", "councillor", "vip", "lead", "kin_of_reader")
SENSITIVE_DOC = (
    "Why this record must be restricted (R24), by who {who} is: 'council_staff' a member of the "
    "council's staff, 'councillor', 'vip' somebody of public interest, 'lead' a safeguarding lead, "
    "'kin_of_reader' a relative or partner of somebody who could read the record."
)


@dataclass(frozen=True)
class Person:
    """A person at risk."""

    ref: str = plain("A label of your own, such as 'child 1'. Not used by the rules.", "text")
    group: str = choice(
        "What the reporter says the person is. 16 and 17 year olds are children, wherever they "
        "live.",
        "child",
        "adult",
        "unborn",
    )
    dob: date | None = plain("Date of birth, if known or stated.", "date")
    dob_evidence: str = tri("Whether the date of birth is backed by evidence (a document).")
    age_min: int | None = plain("Lowest age they may be, in years.", "number", most=130)
    age_max: int | None = plain("Highest age they may be, in years.", "number", most=130)
    claimed_age: int | None = plain("The age that the person claims to be.", "number", most=130)
    due_date: date | None = plain("When an unborn baby is due.", "date")
    pregnant: str = tri("Whether the person is pregnant.")
    care_needs: str = tri(
        "Whether an adult has care and support needs, met or not (Care Act 2014, section 42)."
    )
    categories: tuple[str, ...] = several(
        "What the worry is: every abuse category and flag that fits. Left out means that nobody is "
        "sure ('unknown'); an empty list means no worry about this person. " + meanings(),
        ALL_SLUGS,
        UNKNOWN,
    )
    missing_now: tuple[str, ...] = several(
        "What the person goes without now, today: food, heat, medicine that they need, or care "
        "that they depend on. Self-neglect counts too.",
        ("food", "heat", "medicine", "care"),
    )
    danger_now: str = tri("Whether a threat is present now: being hurt, threatened or attacked.")
    injury_symptoms_now: str = tri(
        "Whether they are hurt or ill and need help now: trouble breathing, bleeding, losing "
        "consciousness, a changed voice after strangulation, pregnancy trauma not yet seen by a "
        "clinician."
    )
    taken: str = tri("Whether someone has taken the person.")
    head_injury_or_strangled: str = tri("A head injury or strangulation without symptoms now.")
    crime: str = tri(
        "Whether the reporter thinks a crime may have happened. Unknown: the category decides."
    )
    hate_crime: str = tri("Whether hostility to who they are was part of it (hate crime).")
    wilful_neglect: str = tri("Whether a paid carer neglected them on purpose.")
    online_images: str = tri("Online harm: whether sexual images of the person are part of it.")
    abuse_subject: str = choice(
        "For a child and domestic abuse: at whom it is aimed, 'child' the child (a 16 or 17 year "
        "old hurt by a partner), 'parent' a parent or carer, 'other' somebody else at home.",
        "child",
        "parent",
        "other",
    )
    consent: Consent = part("What the adult, or a parent for early help, agrees to.", Consent)
    override_grounds: tuple[str, ...] = several(
        "Reasons that the reporter gives for telling someone without agreement (R21). Others "
        "follow from the facts. Lacking capacity counts with best interests only.",
        OVERRIDES,
    )
    override_reason: str = plain("The reason in words, which a lead must record.", "text")
    capacity: str = choice(
        "Whether the adult can make this decision now (Mental Capacity Act 2005).", "has", "lacks"
    )
    coercion: str = tri("Whether the person is controlled or coerced.")
    held_or_coerced: str = tri(
        "For exploitation, gangs and cuckooing: whether the person is moved, held, forced, coerced "
        "or in debt."
    )
    harm_dates: tuple[date, ...] = plain("Dates on which harm happened.", "dates")
    harm_before_18: str = tri("For an adult: whether some of it happened before they were 18.")
    harm_continues_contact: str = tri(
        "For past harm: whether the alleged person still has contact with any child."
    )
    contained: str = tri("Whether the alleged person can no longer reach them.")
    lives_in: str = plain(
        "Council area where they live, in lower case, such as 'birmingham' or 'solihull'. Empty: "
        "not known.",
        "text",
    )
    found_in: str = plain("Council area where they are now. Empty: not known.", "text")
    abuse_in: str = plain("Council area where the abuse happened. Empty: not known.", "text")
    has_worker: str = tri("Whether they have an allocated social worker.")
    worker_told: str = tri("Whether that worker has been told.")
    worker_reachable: str = tri("Whether that worker could be reached.")
    leaving_care: str = choice(
        "For 18 to 25 year olds: 'open' to children's services still, 'leaver' of care, or 'no'.",
        "open",
        "leaver",
        "no",
    )
    missing: str = choice("Whether they are missing.", "now", "back", "no")
    missing_since: datetime | None = plain("When they were last seen, with time zone.", "datetime")
    missing_high_risk: str = tri("Missing with danger to life, or with an unknown person.")
    exploitation_indicators: str = tri(
        "Missing with a sign of exploitation: sex, drugs, gangs, a new adult."
    )
    fgm: str = choice(
        "What is known of FGM.", "told_by_girl", "saw_signs", "suspected", "at_risk", "no"
    )
    travel: str = choice(
        "Whether they may be taken abroad (FGM, forced marriage): 'today' means today or already "
        "travelling, 'soon' within 7 days or on an unknown date, 'later' after that.",
        "today",
        "soon",
        "later",
        "no",
    )
    event_at: datetime | None = plain(
        "When a known flight or ceremony is: a date (its start counts) or a time with time zone.",
        "moment",
    )
    dash_ticks: int | None = plain("Ticks on the DASH risk checklist.", "number", most=24)
    dash_judgement: str = tri("Whether professional judgement says high risk.")
    dash_escalation: str = tri("Whether the domestic abuse is getting worse.")
    plan_to_harm: str = tri("Radicalisation: whether there is a plan or preparation for violence.")
    self_harm_now: str = tri("Self-harm with an injury or a plan now.")
    fire_risk: str = tri("Blocked exits, hoarding or unsafe heating.")
    carer_struggling: str = tri("Whether a family carer is struggling.")
    reporter_priority: str = choice(
        "The priority that the reporter asks for. It can raise what the rules say, never lower it.",
        "P1",
        "P2",
        "P3",
    )
    sensitive: tuple[str, ...] = several(SENSITIVE_DOC.format(who="the person at risk"), SENSITIVE)


@dataclass(frozen=True)
class Alleged:
    """A person who may have caused harm."""

    age: int | None = plain("Age in years, if known.", "number", most=130)
    relation: str = choice(
        "Who they are to the person at risk. 'parent_carer': a parent, step-parent, parent's "
        "partner or unpaid family carer; 'partner': their own partner or ex-partner; 'relative': "
        "any other relative, an adult's grown-up child included; 'child': another child; 'known': "
        "somebody else they know; 'provider': a paid carer or a service, named or not; 'none': "
        "nobody, such as in self-neglect.",
        "parent_carer",
        "partner",
        "relative",
        "child",
        "known",
        "stranger",
        "provider",
        "none",
    )
    people: tuple[int, ...] = plain(
        "Positions in `people`, from 0, of those whom they may have harmed. Empty: all of them.",
        "numbers",
    )
    violence_or_control: str = tri(
        "For a relative: whether violence, threats or controlling or coercive behaviour is part "
        "of it."
    )
    workforce: str = choice(
        "Whether they work or volunteer with children, with adults who need care, or both.",
        "children",
        "adults",
        "both",
        "none",
    )
    conduct: tuple[str, ...] = several(
        "The worry about somebody in a position of trust, in private life too: 'harmed' somebody, "
        "a possible 'offence', may pose a 'risk', may be 'unsuitable'; 'practice' on its own is "
        "poor practice only. Left out: the allegation is the harm itself.",
        ("harmed", "offence", "risk", "unsuitable", "practice"),
    )
    paid_carer: str = tri("Whether they are a paid carer.")
    regulated_provider: str = tri("Whether they work for a service that the CQC regulates.")
    private_life: str = tri("Whether the harm happened in their private life, not at work.")
    has_access: str = tri("Whether they can still reach the person at risk.")
    child_at_risk: str = tri("Whether an identified child is at risk from them.")
    harmed_child: str = tri("Whether the alleged harm is to a child, also in the past.")
    other_victims: str = tri("Whether other identified people are at risk from them.")
    sensitive: tuple[str, ...] = several(SENSITIVE_DOC.format(who="the alleged person"), SENSITIVE)


@dataclass(frozen=True)
class Member:
    """Somebody else in the household or in contact (R7)."""

    ref: str = plain("A label of your own. Not used by the rules.", "text")
    kind: str = choice(
        "What they are: a 'child' under 18, an 'unborn' baby, somebody 'pregnant' (then do not "
        "list the baby too), or an 'adult'.",
        "child",
        "unborn",
        "pregnant",
        "adult",
    )
    dob: date | None = plain("Date of birth, if known.", "date")
    age: int | None = plain("Age in years, if known.", "number", most=130)
    care_needs: str = tri("For an adult: whether they have care and support needs.")
    touched: str = tri("Whether the worry, or one of their own, touches them.")
    categories: tuple[str, ...] = several(
        "What the worry about them is, if there is one; the same words as for people.", ALL_SLUGS
    )


PROFESSIONS = ("social_worker", "nurse", "doctor", "midwife", "teacher", "other_regulated", "other")


@dataclass(frozen=True)
class Reporter:
    """The member of staff who reports; always named."""

    profession: str = choice(
        "Their profession, for the FGM duty (R11). 'other_regulated': another regulated health or "
        "social care professional, such as a paramedic; 'other': none of these.",
        *PROFESSIONS,
    )
    learned_in_work: str = tri("Whether they learned of FGM in their professional work.")
    told_at: datetime | None = plain("When they were told of FGM, with time zone.", "datetime")
    source: str = field(
        default="5B",
        metadata={
            "doc": "DfE referral source code of the reporter, not of who told them: "
            + "; ".join(f"{code} {words}" for code, words in REFERRAL_SOURCES.items())
            + ".",
            "choices": tuple(REFERRAL_SOURCES),
        },
    )


@dataclass(frozen=True)
class Informant:
    """Who told the reporter, if somebody did."""

    anonymous: str = tri("Whether they want to stay unnamed.")
    shield: str = tri("Whether their name must be kept from the family.")


@dataclass(frozen=True)
class Facts:
    """One report."""

    people: tuple[Person, ...] = parts(
        "The people at risk, one entry each. Empty for an allegation with no identified victim.",
        Person,
    )
    alleged: tuple[Alleged, ...] = parts("Who may have caused the harm.", Alleged)
    household: tuple[Member, ...] = parts(
        "Who else lives there or could be affected, other than `people` and `alleged` (R7).", Member
    )
    household_known: str = tri("Whether it was asked who else lives there or could be affected.")
    reporter: Reporter = part("Who reports.", Reporter)
    informant: Informant = part("Who told the reporter.", Informant)
    police_informed: str = tri("Whether the police already know.")
    police_reference: str = plain("The police's reference.", "text")
    called_at: datetime | None = plain(
        "When social care was called, with time zone, if it was.", "datetime"
    )
