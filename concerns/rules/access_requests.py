"""Answering who asks for what is held about them: the clock, the way, what may be held back.

UK GDPR articles 12, 12A and 15, Data Protection Act 2018 (DPA), the guidance of the Information
Commissioner's Office (ICO). Days are calendar days in Europe/London. Readings of the law are for
the council's data protection officer to confirm.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

# --- The clock ---------------------------------------------------------------------------------
MONTHS, EXTENDED_MONTHS = 1, 3
CLOCK_SOURCE = "UK GDPR article 12A; ICO, right of access: one month, the next working day"
EXTENSION_GROUNDS = {
    "complex": "The request is complex",
    "many": "The same person has made a number of requests",
}
# DPA 2018 section 164A: a complaint is acknowledged within 30 days beginning when it is received.
COMPLAINT_DAYS = 30
COMPLAINT_SOURCE = "Data Protection Act 2018 section 164A, in force since 19 June 2026"


@dataclass(frozen=True)
class Pause:
    """Days on which the clock stands, from asking the person until they answer."""

    starts: date
    ends: date | None = None


@dataclass(frozen=True)
class Due:
    """The last day on which the answer may be given, and why; no day while the clock stands."""

    day: date | None
    why: str


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def next_working_day(day: date, holidays: Collection[date]) -> date:
    """Return the day itself, or the first day after it that is no weekend and no bank holiday."""
    while day.weekday() >= 5 or day in holidays:
        day += timedelta(days=1)
    return day


def days_standing(begins: date, pauses: Iterable[Pause]) -> int:
    """Count the days on which the clock stood after it began, each once.

    The day of asking counts for the pause and the day of the answer does not: the shorter of the
    two readings, so that the council is never late by it. A pause without an end counts nothing.
    """
    days: set[date] = set()
    for pause in pauses:
        first, last = max(pause.starts, begins), pause.ends or pause.starts
        days.update(first + timedelta(days=n) for n in range(max((last - first).days, 0)))
    return len(days)


def due(
    received: date,
    *,
    identity: Pause | None = None,
    pauses: Iterable[Pause] = (),
    extended: bool = False,
    holidays: Collection[date] = (),
) -> Due:
    """Work out the last day from the day of receipt, which counts as the first.

    Until the identity that was asked for is shown the clock has not begun; while the person is
    asked to clarify it stands.
    """
    pauses = list(pauses)
    if identity is not None and identity.ends is None:
        return Due(None, "It begins when the person has shown who they are.")
    if any(pause.ends is None for pause in pauses):
        return Due(None, "It stands until the person has answered our question.")
    begins = max(received, identity.ends) if identity and identity.ends else received
    months = EXTENDED_MONTHS if extended else MONTHS
    stood = days_standing(begins, pauses)
    last = next_working_day(months_after(begins, months) + timedelta(days=stood), holidays)
    length = "three months" if extended else "one month"
    days = "1 day" if stood == 1 else f"{stood} days"
    stands = f", and {days} on which the clock stood" if stood else ""
    return Due(last, f"{length.capitalize()} from {begins:%-d %B %Y}{stands}.")


# --- The way of a request ------------------------------------------------------------------------
RECEIVED, IDENTITY, SEARCHING = "received", "identity", "searching"
REDACTING, CHECKING, AGREED = "redacting", "checking", "agreed"
SENT, REFUSED, WITHDRAWN = "sent", "refused", "withdrawn"
OPEN = frozenset({RECEIVED, IDENTITY, SEARCHING, REDACTING, CHECKING, AGREED})
STATES = {
    RECEIVED: "Received",
    IDENTITY: "Waiting for proof of identity",
    SEARCHING: "Searching",
    REDACTING: "Taking out what is not theirs",
    CHECKING: "Second check",
    AGREED: "Ready to hand over",
    SENT: "Handed over",
    REFUSED: "Refused",
    WITHDRAWN: "Withdrawn",
}


@dataclass(frozen=True)
class Step:
    """One act: from which states it is allowed, and to which it leads."""

    before: frozenset[str]
    after: str


STEPS = {
    "ask_identity": Step(frozenset({RECEIVED}), IDENTITY),
    "check_identity": Step(frozenset({RECEIVED, IDENTITY}), SEARCHING),
    "search_again": Step(frozenset({SEARCHING, REDACTING, AGREED}), SEARCHING),
    "collect": Step(frozenset({SEARCHING, REDACTING, AGREED}), REDACTING),
    "ask_check": Step(frozenset({REDACTING}), CHECKING),
    "return_check": Step(frozenset({CHECKING}), REDACTING),
    "agree_check": Step(frozenset({CHECKING}), AGREED),
    "hand_over": Step(frozenset({AGREED}), SENT),
    "refuse": Step(OPEN, REFUSED),
    "withdraw": Step(OPEN, WITHDRAWN),
}
REFUSALS = {
    "no_identity": "They did not show who they are (UK GDPR article 12(6))",
    "no_authority": "They did not show that they may ask for this person",
    "unfounded": "It is manifestly unfounded (UK GDPR article 12(5))",
    "excessive": "It is manifestly excessive (UK GDPR article 12(5))",
}
REQUESTERS = {
    "self": "The person themselves",
    "parent": "A parent, or somebody with parental responsibility",
    "representative": "Somebody who acts for them",
    "solicitor": "A solicitor",
}


# --- What may be held back -----------------------------------------------------------------------
@dataclass(frozen=True)
class Exemption:
    """A reason in law for which words or a whole item are held back.

    `told`: what the person is told of it. Empty where telling would itself do the harm.
    """

    slug: str
    words: str
    source: str
    told: str = ""


EXEMPTIONS = (
    Exemption(
        "third_party",
        "About somebody else, who has not agreed",
        "DPA 2018 Schedule 2 paragraph 16",
        "They are about somebody else, who has not agreed that you see them.",
    ),
    Exemption(
        "informant",
        "Would show who told us, who could expect us to keep it to ourselves",
        "DPA 2018 Schedule 2 paragraph 16(3)",
        "They would show who gave us information in confidence.",
    ),
    Exemption(
        "serious_harm",
        "Likely to cause serious harm to the health of somebody",
        "DPA 2018 Schedule 3 paragraphs 7(2) and 11 (social work)",
    ),
    Exemption(
        "child_abuse",
        "About abuse of a child, asked for by a parent, against the child's best interests",
        "DPA 2018 Schedule 3 paragraph 21",
    ),
    Exemption(
        "expectation",
        "Given by the person expecting that whoever asks for them now would not see it",
        "DPA 2018 Schedule 3 paragraph 10",
    ),
    Exemption(
        "crime",
        "Likely to hinder the prevention or detection of crime",
        "DPA 2018 Schedule 2 paragraph 2(1)",
    ),
    Exemption(
        "privilege",
        "Legal advice",
        "DPA 2018 Schedule 2 paragraph 19",
        "They are legal advice, or made for legal proceedings.",
    ),
    Exemption(
        "not_theirs",
        "Not about this person",
        "UK GDPR articles 4(1) and 15(1): the right is to one's own data",
        "They are not about you.",
    ),
)


# --- What the letter says ------------------------------------------------------------------------
@dataclass(frozen=True)
class Paragraph:
    """One part of the covering letter; `source` is why it is there."""

    title: str
    words: str
    source: str


LETTER = (
    Paragraph(
        "Why we hold it",
        "The council must protect children and adults at risk. We use this information for that "
        "task, in the public interest.",
        "UK GDPR article 15(1)(a) and article 6(1)(e); DPA 2018 Schedule 1 paragraph 18",
    ),
    Paragraph(
        "Where it comes from",
        "From what people told the council, from what its staff saw and did, and from the answers "
        "of other agencies. Each item says what kind of record it is.",
        "UK GDPR article 15(1)(g)",
    ),
    Paragraph(
        "How urgency is decided",
        "The portal works out who to tell, and how fast, by written rules from what was reported. "
        "A person looks at every report. Nothing is decided about you by a computer alone.",
        "UK GDPR article 15(1)(h)",
    ),
    Paragraph(
        "What we looked for",
        "We looked for your name, other names, date of birth, address and numbers, as far as you "
        "gave them, in every safeguarding record of the portal. Other systems of the council are "
        "searched apart.",
        "UK GDPR article 15(1A): a reasonable and proportionate search",
    ),
    Paragraph(
        "How long we keep it",
        "As long as the council's retention schedule says for records of this kind. Somebody looks "
        "at each record before it is removed. Ask us for the schedule.",
        "UK GDPR article 15(1)(d); the council must supply its schedule",
    ),
    Paragraph(
        "Your rights",
        "You may ask us to correct what is wrong, to add what is missing, to stop using something "
        "while it is checked, to object, and in some cases to erase. Write to the address above.",
        "UK GDPR article 15(1)(e)",
    ),
    Paragraph(
        "If you are not content",
        "Complain to us first, in any form you like. We acknowledge it within 30 days, and tell "
        "you what came of it.",
        COMPLAINT_SOURCE,
    ),
)
# Who hears complaints after the council: shown in the letter, and with every complaint.
COMMISSIONER = "Information Commissioner, ico.org.uk/make-a-complaint, telephone 0303 123 1113"
COMMISSIONER_SOURCE = "ICO, make a complaint; for the council to verify before live use"
