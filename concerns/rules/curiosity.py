"""Which reads look like curiosity: signals as a table, and the score of a reader's day. Pure.

A score accuses nobody. It says that somebody independent should look, and why. All numbers are the
portal's own setting, for the council to confirm; they are rows here so that it can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from concerns.rules.clocks import WorkingHours

RULES_VERSION = "curiosity-1"
# From this score on a day is looked at by somebody independent.
THRESHOLD = 40
HIGHEST = 100
# One signal counts for so many records of a day: thirty weak ones are no strong one.
MOST_RECORDS = 3
REVIEW_WITHIN_WORKING_DAYS = 3
# How long after its due time a review that nobody made rings the directors too.
RING_ABOVE_AFTER = timedelta(days=2)

OWN_SETTING = "The portal's own setting, for the council to confirm"
GDPR = "UK GDPR, Articles 5(1)(f) and 32: personal data are protected against unlawful use"
DPA_170 = "Data Protection Act 2018, section 170: obtaining personal data without consent"

# How far back a person's own habits are looked at, and from when on they tell anything.
HABIT_WEEKS = 8
HABIT_READS = 40
HABIT_DAYS = 5
# An hour of the day is unusual when less than this share of the person's reads fell near it.
RARE_SHARE = 0.02
VOLUME_FACTOR = 3
VOLUME_FLOOR = 20
REPEATED = 3
# Wider than the hours of any team: who comes early or stays late is not curious.
WORK_BEGINS, WORK_ENDS = 7, 19


@dataclass(frozen=True, kw_only=True)
class Look:
    """What is known of one read of one record by one person, as it stood at that moment."""

    is_own_name: bool = False
    is_own_address: bool = False
    is_colleague: bool = False
    is_same_surname: bool = False
    has_link: bool = True
    is_closed: bool = False
    is_glass: bool = False
    is_off_hours: bool = False
    is_odd_hour: bool = False


@dataclass(frozen=True, kw_only=True)
class Day:
    """What one person did on one day (local date), beside what they and their peers do on others.

    `own` and `peers` are the numbers of records read on the days of the last weeks on which any
    was read.
    """

    records: int = 0
    own: tuple[int, ...] = ()
    peers: tuple[int, ...] = ()
    searched_own_name: bool = False
    searched_colleague: bool = False
    # How often the same words were searched for, at the most, without opening what was found.
    searched_in_vain: int = 0


@dataclass(frozen=True)
class LookSignal:
    """A row of the table: what a read shows, what it is worth, why, and where that comes from."""

    slug: str
    points: int
    words: str
    source: str
    applies: Callable[[Look], bool]


@dataclass(frozen=True)
class DaySignal:
    """The same for what only a whole day shows."""

    slug: str
    points: int
    words: str
    source: str
    applies: Callable[[Day], bool]


LOOK_SIGNALS: tuple[LookSignal, ...] = (
    LookSignal(
        "own_name",
        60,
        "Somebody in the record has the reader's own name",
        DPA_170,
        lambda look: look.is_own_name,
    ),
    LookSignal(
        "own_address",
        60,
        "Somebody in the record lives at the reader's own address",
        DPA_170,
        lambda look: look.is_own_address,
    ),
    LookSignal(
        "colleague",
        40,
        "Somebody in the record is, or is called like, a colleague of the reader",
        DPA_170,
        lambda look: look.is_colleague,
    ),
    LookSignal(
        "same_surname",
        15,
        "Somebody in the record has the reader's surname",
        OWN_SETTING,
        lambda look: look.is_same_surname and not look.is_own_name,
    ),
    LookSignal(
        "no_link",
        15,
        "The reader had nothing to do with the record: not their team, task, grant or work",
        GDPR,
        lambda look: not look.has_link,
    ),
    LookSignal(
        "closed",
        10,
        "The record was closed, and the reader had not worked on it",
        OWN_SETTING,
        lambda look: look.is_closed and not look.has_link,
    ),
    LookSignal(
        "glass",
        15,
        "The record was opened as an emergency",
        OWN_SETTING,
        lambda look: look.is_glass,
    ),
    LookSignal(
        "off_hours",
        10,
        "It was outside working hours, and the reader was not on duty",
        OWN_SETTING,
        lambda look: look.is_off_hours,
    ),
    LookSignal(
        "odd_hour",
        10,
        "It was at an hour at which this reader hardly ever reads",
        OWN_SETTING,
        lambda look: look.is_odd_hour,
    ),
)
DAY_SIGNALS: tuple[DaySignal, ...] = (
    DaySignal(
        "searched_own_name",
        50,
        "The reader searched for their own name",
        DPA_170,
        lambda day: day.searched_own_name,
    ),
    DaySignal(
        "searched_colleague",
        30,
        "The reader searched for the name of a colleague",
        DPA_170,
        lambda day: day.searched_colleague,
    ),
    DaySignal(
        "searched_in_vain",
        25,
        "The reader searched for the same words again and again, and opened nothing they found",
        OWN_SETTING,
        lambda day: day.searched_in_vain >= REPEATED,
    ),
    DaySignal(
        "volume_own",
        25,
        "The reader read far more records than on other days",
        GDPR,
        lambda day: is_far_more(day.records, day.own),
    ),
    DaySignal(
        "volume_peers",
        15,
        "The reader read far more records than colleagues in the same roles",
        GDPR,
        lambda day: is_far_more(day.records, day.peers),
    ),
)
_ALL: tuple[LookSignal | DaySignal, ...] = (*LOOK_SIGNALS, *DAY_SIGNALS)
BY_SLUG: Mapping[str, LookSignal | DaySignal] = {signal.slug: signal for signal in _ALL}


@dataclass(frozen=True)
class Outcome:
    """What a review may end with, in plain words, and what it asks of the council then."""

    slug: str
    words: str
    then: str = ""


OUTCOMES: tuple[Outcome, ...] = (
    Outcome("right", "It was right: the reader needed it for their work"),
    Outcome("explained", "It was not needed, and there is a good explanation"),
    Outcome("advised", "It was a mistake: the reader's manager advises them"),
    Outcome(
        "breach",
        "Referred to HR and to information governance as a personal data breach",
        "Where it may harm somebody, the Information Commissioner is told within 72 hours of "
        "knowing of it (UK GDPR, Article 33).",
    ),
)
OUTCOME_BY_SLUG: Mapping[str, Outcome] = {outcome.slug: outcome for outcome in OUTCOMES}


def signals_of_look(look: Look) -> tuple[str, ...]:
    """Return the signals of one read, in the order of the table."""
    return tuple(signal.slug for signal in LOOK_SIGNALS if signal.applies(look))


def signals_of_day(day: Day) -> tuple[str, ...]:
    """Return the signals that only the whole day shows, in the order of the table."""
    return tuple(signal.slug for signal in DAY_SIGNALS if signal.applies(day))


def score_of(looks: Mapping[str, int], days: Iterable[str] = ()) -> int:
    """Return the score of a day, 0 to 100.

    `looks` maps a signal to the number of different records that showed it. Raises `KeyError` for a
    signal that is not in the table.
    """
    points = sum(
        BY_SLUG[slug].points * min(count, MOST_RECORDS) for slug, count in looks.items()
    ) + sum(BY_SLUG[slug].points for slug in set(days))
    return min(points, HIGHEST)


def is_far_more(count: int, usual: tuple[int, ...]) -> bool:
    """Whether a number of records is far above what is usual; never without enough days to tell."""
    if len(usual) < HABIT_DAYS:
        return False
    return count > VOLUME_FLOOR and count > VOLUME_FACTOR * median(usual)


def is_outside_hours(local: datetime, hours: WorkingHours) -> bool:
    """Whether a local moment is outside of work: early, late, a weekend or a holiday."""
    if hours.close_on(local.date()) is None:
        return True
    return not WORK_BEGINS <= local.hour < WORK_ENDS


def is_odd_hour(hour: int, hours: tuple[int, ...]) -> bool:
    """Whether a person hardly ever reads near this hour (0 to 23, local).

    `hours` are their reads of the last weeks by hour; with too few of them no hour is odd.
    """
    total = sum(hours)
    if total < HABIT_READS:
        return False
    near = sum(hours[(hour + step) % 24] for step in (-1, 0, 1))
    return near < RARE_SHARE * total
