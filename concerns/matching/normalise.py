"""What was typed about a person, in a form in which it can be compared.

Every function takes any text, loses nothing that tells people apart, and never raises.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import jellyfish
import phonenumbers

from concerns.matching.names import (
    NO_NAMES,
    STREET_WORDS,
    TITLES,
    WEAK_PLACE_WORDS,
    main_form,
)

MOST_CHARS = 400
MOST_WORDS = 8
MOST_PHONES = 4
NHS_DIGITS = 10
_WORD = re.compile(r"[^\W_]+")
_POSTCODE = re.compile(r"\b([A-Z]{1,2}[0-9][A-Z0-9]?)\s{0,3}([0-9][A-Z]{2})\b", re.IGNORECASE)
_NUMBER_AND_LETTER = re.compile(r"\b([0-9]+) ([a-z])\b")
# A letter with a stroke has no accent that Unicode could take off.
_STROKES = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "ħ": "h", "ŧ": "t", "ð": "d"})


@dataclass(frozen=True)
class Reported:
    """What a report says of one person, as typed; ages are as of the day of the report."""

    name: str = ""
    born: date | None = None
    age_low: int | None = None
    age_high: int | None = None
    address: str = ""
    nhs: str = ""
    contact: str = ""
    place: str = ""


@dataclass(frozen=True)
class Identity:
    """One person as reported, ready to compare. Empty means not known.

    `born_from` and `born_to` hold the birthday, from a rough age; with a date of birth both are it.
    """

    words: tuple[str, ...] = ()
    born: date | None = None
    born_from: date | None = None
    born_to: date | None = None
    street: str = ""
    postcode: str = ""
    nhs: str = ""
    phones: tuple[str, ...] = ()
    place: str = ""


def fold(text: str) -> str:
    """Return the text in small letters without accents, one blank between words."""
    plain = unicodedata.normalize("NFKD", text[:MOST_CHARS]).casefold().translate(_STROKES)
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    # Apostrophes belong to a name (O'Neill, N'Golo); everything else that is no letter parts words.
    return " ".join(_WORD.findall(re.sub(r"['’ʼ`]", "", letters)))[:MOST_CHARS].strip()


def name_words(text: str) -> tuple[str, ...]:
    """Return the words of a name, without titles; none when it says that nobody knows it."""
    folded = fold(text)
    if folded in NO_NAMES:
        return ()
    found = [word for word in folded.split() if word not in TITLES and not word.isdecimal()]
    return tuple(dict.fromkeys(found))[:MOST_WORDS]


def name_key(words: tuple[str, ...]) -> str:
    """Return a name in one spelling and order, so that a trigram index finds its other forms."""
    return " ".join(sorted(main_form(word) for word in words))


def sound_of(word: str) -> str:
    """Return how a word sounds in English; empty for a word in another script."""
    return jellyfish.metaphone(word) if word.isascii() else ""


def address_parts(text: str) -> tuple[str, str]:
    """Return the street with its number, and the postcode without a blank."""
    found = _POSTCODE.search(text[:MOST_CHARS])
    postcode = f"{found[1]}{found[2]}".upper() if found else ""
    rest = _POSTCODE.sub(" ", text[:MOST_CHARS])
    words = [STREET_WORDS.get(word, word) for word in fold(rest).split()]
    line = " ".join(word for word in words if word)
    return _NUMBER_AND_LETTER.sub(r"\1\2", line)[:MOST_CHARS].strip(), postcode


def nhs_number(text: str) -> str:
    """Return the ten digits of an NHS number whose check digit is right; else nothing.

    Source: NHS Data Dictionary, NHS NUMBER, modulus 11: the first nine digits weighted 10 to 2, the
    remainder by 11 taken from 11 is the last; 11 stands for 0, 10 is never issued.
    """
    digits = re.sub(r"[\s\-.]", "", text[:MOST_CHARS])
    if not (digits.isascii() and digits.isdigit()) or len(digits) != NHS_DIGITS:
        return ""
    if len(set(digits)) == 1:
        return ""
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    return digits if (11 - total % 11) % 11 == int(digits[-1]) else ""


def phones_in(text: str) -> tuple[str, ...]:
    """Return the telephone numbers in a text, as +44..., each once."""
    found = phonenumbers.PhoneNumberMatcher(
        text[:MOST_CHARS], "GB", leniency=phonenumbers.Leniency.POSSIBLE
    )
    form = phonenumbers.PhoneNumberFormat.E164
    numbers = (phonenumbers.format_number(match.number, form) for match in found)
    return tuple(dict.fromkeys(numbers))[:MOST_PHONES]


def place_words(text: str) -> str:
    """Return what tells one school or care home from another: its own words, in order."""
    words = [word for word in fold(text).split() if word not in WEAK_PLACE_WORDS]
    return " ".join(words)


def years_before(day: date, years: int) -> date:
    """Return the same day so many years earlier; 29 February becomes 28."""
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def birth_range(low: int | None, high: int | None, day: date) -> tuple[date | None, date | None]:
    """Return the first and last birthday of somebody of this age on this day.

    A rough age is rough: a year more or less is allowed for.
    """
    if low is None or high is None:
        return None, None
    return years_before(day, high + 2), years_before(day, max(low - 1, 0))


def identity_of(reported: Reported, day: date) -> Identity:
    """Return the comparable form of what was reported on a day (local date)."""
    street, postcode = address_parts(reported.address)
    first, last = birth_range(reported.age_low, reported.age_high, day)
    return Identity(
        words=name_words(reported.name),
        born=reported.born,
        born_from=reported.born or first,
        born_to=reported.born or last,
        street=street,
        postcode=postcode,
        nhs=nhs_number(reported.nhs),
        phones=phones_in(reported.contact),
        place=place_words(reported.place),
    )


def with_day_and_month_swapped(day: date) -> date | None:
    """Return the date with day and month swapped; None when that is no date, or the same."""
    if day.day > 12 or day.day == day.month:
        return None
    return day.replace(month=day.day, day=day.month)


def house_numbers(street: str) -> frozenset[str]:
    """Return the numbers in an address: 12, 12a, that of a flat."""
    return frozenset(word for word in street.split() if word[0].isdecimal())


def home_of(identity: Identity) -> str:
    """Return the address as one key: equal for two people of one household, or empty.

    Without a number nobody knows which home it is.
    """
    if not house_numbers(identity.street):
        return ""
    numbers = " ".join(sorted(house_numbers(identity.street)))
    return f"{identity.postcode} {numbers}" if identity.postcode else identity.street
