"""Invented people, each reported once or several times as people really report: in a hurry.

Nobody here exists. Used to estimate and to check the weights of `concerns.matching`.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import combinations

from concerns.matching import Identity, Reported, identity_of, score
from concerns.matching.names import name_groups
from concerns.matching.normalise import name_key, with_day_and_month_swapped

TODAY = date(2026, 11, 24)
FAMILY_NAMES = [
    "Khan",
    "Smith",
    "Hussain",
    "Ahmed",
    "Singh",
    "Patel",
    "Begum",
    "Ali",
    "Jones",
    "Kaur",
    "Brown",
    "Williams",
    "Taylor",
    "Miah",
    "Johnson",
    "Davies",
    "Akhtar",
    "Evans",
    "Wilson",
    "Mohamed",
    "Walker",
    "Green",
    "Nowak",
    "Robinson",
    "Clarke",
    "Choudhury",
    "Hassan",
    "Wright",
    "Murphy",
    "Hall",
    "Thompson",
    "Bibi",
    "Chen",
    "Kelly",
    "Osman",
    "Popescu",
    "Okafor",
    "Campbell",
    "Mensah",
    "Kowalska",
    "Shah",
    "Rahman",
    "Byrne",
    "Sharma",
    "Edwards",
    "Tesfaye",
    "Nguyen",
    "Morris",
    "Qureshi",
    "Hughes",
    "Reid",
    "Sidhu",
    "Ncube",
    "Wood",
    "Farah",
    "Bailey",
    "Ivanova",
    "Grant",
    "Adeyemi",
    "Mitchell",
    "Warsame",
    "Price",
    "Lewis",
    "Bennett",
    "Francis",
    "Malik",
    "Carter",
    "Shaw",
    "Oneill",
]
STREETS = [
    "Oak",
    "Elm",
    "Moor",
    "Canal",
    "Mill",
    "Chapel",
    "Park",
    "Station",
    "Victoria",
    "Church",
    "Lime",
    "Forge",
    "Brook",
    "Heath",
]
ENDS = ("well", "worth", "man", "ley", "by", "combe")
ALL_FAMILY_NAMES = [*FAMILY_NAMES, *(f"{word}{end}" for word in STREETS for end in ENDS)]
AREAS = [f"{word}{end}" for word in STREETS for end in ("ton", "hill", "field")]
KINDS = ("Road", "Street", "Avenue", "Lane", "Close")
SHORT_KINDS = {"Road": "Rd", "Street": "St", "Avenue": "Ave", "Lane": "Ln", "Close": "Cl"}
PLACES = [
    f"{word} {kind}" for word in STREETS for kind in ("Primary School", "School", "Care Home")
]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Address:
    """Where somebody lives."""

    number: int
    street: str
    kind: str
    area: str
    code: str


@dataclass(frozen=True)
class Human:
    """One invented person."""

    number: int
    given: str
    family: str
    born: date
    address: Address
    nhs: str
    phone: str
    place: str


@dataclass(frozen=True)
class Report:
    """One report about a person; `human` is the truth that nobody in the council knows."""

    human: int
    identity: Identity


def nhs(rng: random.Random) -> str:
    """Return an invented NHS number whose check digit is right."""
    while True:
        body = [rng.randrange(10) for _ in range(9)]
        check = (11 - sum(d * w for d, w in zip(body, range(10, 1, -1), strict=True)) % 11) % 11
        if check != 10:
            return "".join(map(str, [*body, check]))


def humans(count: int, rng: random.Random) -> list[Human]:
    """Return invented people, many of them in households: brothers, sisters, twins, parents."""
    given = sorted({form for group in name_groups() for form in group.forms})
    rng.shuffle(given)
    found: list[Human] = []
    while len(found) < count:
        family = _drawn(ALL_FAMILY_NAMES, rng)
        address = _address(rng)
        place = rng.choice(PLACES)
        eldest = date(1940, 1, 1) + timedelta(days=rng.randrange(86 * 365))
        for number in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
            # Years between brothers and sisters, a generation to a parent, and a few twins.
            gap = timedelta(days=number * rng.choice((0, *(500, 900, 1300, -9000) * 8)))
            born = eldest + gap
            if born >= TODAY:
                break
            found.append(
                Human(
                    number=len(found),
                    given=_drawn(given, rng).capitalize(),
                    family=family,
                    born=born,
                    address=address,
                    nhs=nhs(rng),
                    phone=f"07700 900{rng.randrange(1000):03d}",
                    place=place,
                )
            )
    return found[:count]


def _drawn(names: list[str], rng: random.Random) -> str:
    """Return a name: a few are common, most are rare."""
    return names[int(len(names) * rng.random() ** 2)]


def _address(rng: random.Random) -> Address:
    return Address(
        number=rng.randrange(1, 200),
        street=rng.choice(STREETS),
        kind=rng.choice(KINDS),
        area=rng.choice(AREAS),
        code=f"B9{rng.randrange(10)} {rng.randrange(10)}{rng.choice('AB')}{rng.choice('ABDEF')}",
    )


def reports(count: int, seed: int) -> list[Report]:
    """Return the reports about so many people: one in three is reported again, some moved since."""
    rng = random.Random(seed)  # noqa: S311 - invented data, the same each time
    found = []
    for human in humans(count, rng):
        for _ in range(rng.choice((1, 1, 1, 1, 2, 2, 3))):
            found.append(Report(human.number, identity_of(_reported(human, rng), TODAY)))
            if rng.random() < 0.15:
                human = replace(human, address=_address(rng))
    return found


def _reported(human: Human, rng: random.Random) -> Reported:
    age = (TODAY - human.born).days // 365
    born: date | None = human.born if rng.random() < 0.45 else None
    if born and rng.random() < 0.06:
        born = with_day_and_month_swapped(born) or born
    elif born and rng.random() < 0.04:
        born = born.replace(day=rng.randrange(1, 28))
    low, high = (None, None) if rng.random() < 0.25 else _rough(age, rng)
    return Reported(
        name=_name(human, rng),
        born=born,
        age_low=None if born else low,
        age_high=None if born else high,
        address=_written(human, rng) if rng.random() < 0.6 else "",
        nhs=(human.nhs if rng.random() > 0.01 else nhs(rng)) if rng.random() < 0.15 else "",
        contact=_contact(human, rng) if rng.random() < 0.2 else "",
        place=human.place if rng.random() < 0.35 else rng.choice((*[""] * 9, rng.choice(PLACES))),
    )


def _rough(age: int, rng: random.Random) -> tuple[int, int]:
    wide = rng.choice((0, 0, 1, 2)) if age < 18 else rng.choice((0, 3, 5, 10))
    guess = max(age + rng.choice((-1, 0, 0, 0, 1)), 0)
    return max(guess - wide, 0), guess + wide


def _name(human: Human, rng: random.Random) -> str:
    given, family, chance = human.given, human.family, rng.random()
    if chance < 0.16:
        others = [
            form for group in name_groups() if given.lower() in group.forms for form in group.forms
        ]
        given = rng.choice(others).capitalize() if others else given
    elif chance < 0.24:
        given = _slip(given, rng)
    elif chance < 0.3:
        family = _slip(family, rng)
    if rng.random() < 0.1:
        return given
    return rng.choice((f"{given} {family}",) * 6 + (f"{family}, {given}", f"{given} A {family}"))


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randrange(len(word))
    letter = rng.choice(LETTERS)
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
        )
    )


def _written(human: Human, rng: random.Random) -> str:
    home, chance = human.address, rng.random()
    if chance < 0.15:
        return home.area if chance < 0.1 else home.code
    kind = SHORT_KINDS[home.kind] if rng.random() < 0.4 else home.kind
    line = f"{home.number} {home.street} {kind}"
    line = f"{line}, {home.area}" if rng.random() < 0.3 else line
    return f"{line}, {home.code}" if rng.random() < 0.6 else line


def _contact(human: Human, rng: random.Random) -> str:
    shown = human.phone if rng.random() > 0.1 else f"07700 900{rng.randrange(1000):03d}"
    return rng.choice(("", "ring ", "text only: ")) + shown


def trigrams(text: str) -> frozenset[str]:
    """Return the trigrams of a text as PostgreSQL's pg_trgm makes them."""
    return frozenset(
        padded[at : at + 3]
        for word in text.split()
        for padded in [f"  {word} "]
        for at in range(len(padded) - 2)
    )


def candidates(found: list[Report], similar: float) -> Iterator[tuple[Report, Report]]:
    """Yield the pairs that the portal would compare: by number, birthday, or a name like it."""
    shapes = [trigrams(name_key(report.identity.words)) for report in found]
    for (a, left), (b, right) in combinations(enumerate(found), 2):
        one, two = left.identity, right.identity
        days = {one.born, with_day_and_month_swapped(one.born) if one.born else None} - {None}
        if (
            two.born in days
            or (one.nhs and one.nhs == two.nhs)
            or set(one.phones) & set(two.phones)
        ):
            yield left, right
            continue
        both = len(shapes[a] & shapes[b])
        if both and both / (len(shapes[a]) + len(shapes[b]) - both) >= similar:
            yield left, right


@dataclass(frozen=True)
class Figures:
    """How well a threshold does: shares from 0 to 1, and offers for each report."""

    threshold: float
    precision: float
    recall: float
    offers: float


def figures(found: list[Report], similar: float, thresholds: list[float]) -> list[Figures]:
    """Return the figures of the shipped weights at each threshold, over all true pairs."""
    true_pairs = sum(a.human == b.human for a, b in combinations(found, 2))
    scored = [
        (score(a.identity, b.identity).weight, a.human == b.human)
        for a, b in candidates(found, similar)
    ]
    result = []
    for threshold in thresholds:
        offered = [is_true for weight, is_true in scored if weight >= threshold]
        right = sum(offered)
        result.append(
            Figures(
                threshold,
                right / len(offered) if offered else 1.0,
                right / true_pairs,
                len(offered) / len(found),
            )
        )
    return result
