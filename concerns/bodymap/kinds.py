"""What a mark may be, what is said beside the question, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass

NG76 = "NICE NG76, Child abuse and neglect, 1.3 Recognising child abuse and neglect"
CG89 = "NICE CG89, Child maltreatment: when to suspect maltreatment, 1.1 Physical features"
RCPCH = "RCPCH, Child Protection Evidence: Bruising"
PRESSURE = (
    "DHSC, Safeguarding adults protocol: pressure ulcers and raising a safeguarding concern; "
    "NICE CG179, Pressure ulcers"
)
WORKING_TOGETHER = "HM Government, What to do if you're worried a child is being abused (2015)"


@dataclass(frozen=True)
class Kind:
    """One kind of mark. `source`: the guidance that names it; empty where the word is ours."""

    slug: str
    words: str
    hint: str = ""
    source: str = ""


OTHER = "other"
KINDS: tuple[Kind, ...] = (
    Kind(
        "bruise", "Bruise", "On darker skin, look for a darker or raised patch", f"{NG76}; {RCPCH}"
    ),
    Kind("burn", "Burn or scald", source=f"{NG76}; {CG89}"),
    Kind("cut", "Cut or graze", source=f"{NG76}; {CG89}"),
    Kind("bite", "Bite", source=f"{NG76}; {CG89}"),
    Kind("swelling", "Swelling"),
    Kind("scar", "Scar", source=f"{NG76}; {CG89}"),
    Kind("pressure-sore", "Pressure sore", "Skin hurt by lying or sitting", PRESSURE),
    Kind(OTHER, "Something else, or not sure"),
)
KIND_BY_SLUG = {kind.slug: kind for kind in KINDS}

COLOURS = {
    "red": "red",
    "purple": "purple",
    "blue": "blue",
    "black": "black",
    "brown": "brown",
    "green": "green",
    "yellow": "yellow",
    "pale": "pale or white",
    "darker": "darker than the skin around it",
}


@dataclass(frozen=True)
class Advice:
    """A sentence that stands on every page of the body map, and where it comes from."""

    words: str
    source: str


COLOUR_WARNING = Advice(
    "Nobody can tell the age of a bruise from its colour.",
    f"{RCPCH}; {NG76}",
)
DO_NOT_LOOK = Advice(
    "Mark only what you have already seen. Do not undress or examine anyone, and do not ask to see "
    "more. Never look for signs of FGM.",
    WORKING_TOGETHER,
)
NO_PHOTOGRAPHS = Advice(
    "Do not photograph intimate areas. Tell in words what was seen there in everyday care.",
    WORKING_TOGETHER,
)
EXACT_WORDS = Advice(
    "Do not ask how it happened more than you need to know whether they are safe. Write down what "
    "was said in the words that were used.",
    WORKING_TOGETHER,
)
LOOKING = (DO_NOT_LOOK, NO_PHOTOGRAPHS)

# More marks than these on one person are told in words; the drawing would show none of them.
MOST_MARKS = 40
TOO_MANY_MARKS = (
    f"A body map holds {MOST_MARKS} marks. Tell of the others in words, where you say what happened"
)
# A size beyond the length of a person is a slip.
LARGEST_MM = 2000
