"""What the council worries about, in plain words, with the codes that the returns need.

Source: DOMAIN section 3. Adult types are the 11 risk types of the Safeguarding Adults Collection
(SAC); child codes are the Department for Education's factors, which are end-of-assessment codes, so
ours are provisional. `code` of a child category may depend on who did it: see `codes.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One kind of worry.

    `is_harm`: harm or risk of harm, not a want or need alone. `makes_p2`: by itself a ground for
    P2. `is_crime`: by default a possible crime (R2), until the reporter says otherwise.
    `sac`: adult flags only, the SAC types that a flag is counted under.
    """

    slug: str
    words: str
    code: str = ""
    is_harm: bool = True
    makes_p2: bool = False
    is_crime: bool = False
    sac: tuple[str, ...] = ()


CHILD: tuple[Category, ...] = (
    Category("neglect", "Not fed, clean, safe, warm or taken to the doctor", "16A", makes_p2=True),
    Category("physical", "Hit, hurt or made ill", "18C", makes_p2=True, is_crime=True),
    Category(
        "sexual",
        "Touched sexually, or made to see or do sexual things",
        "19C",
        makes_p2=True,
        is_crime=True,
    ),
    Category("emotional", "Frightened, put down or unloved", "17A", makes_p2=True),
    Category(
        "domestic_abuse", "Living with violence or control", "3B", makes_p2=True, is_crime=True
    ),
    Category("cse", "Pressed or paid into sex", "11A", makes_p2=True, is_crime=True),
    Category("cce", "Used for drugs or crime", "24A", makes_p2=True, is_crime=True),
    Category("gangs", "Pulled into a gang", "13A", makes_p2=True, is_crime=True),
    Category("slavery", "Moved, held or made to work", "12A", makes_p2=True, is_crime=True),
    Category("missing", "Missing", "10A", makes_p2=True),
    Category("fgm", "FGM: cutting a girl's private parts", "22A", makes_p2=True, is_crime=True),
    Category("faith", "Harm tied to faith or spirits", "23A", makes_p2=True),
    Category("radicalisation", "Drawn into extremism", "20"),
    Category("online", "Harmed online", "20", makes_p2=True),
    Category("forced_marriage", "Forced to marry", "20", makes_p2=True, is_crime=True),
    Category("honour", 'Threatened over "honour"', "20", makes_p2=True, is_crime=True),
    Category("self_harm", "Hurting themselves", "15A"),
    Category("young_carer", "Caring for someone", "7A", is_harm=False),
    Category("unaccompanied", "In the UK without a parent", "9A"),
    Category(
        "private_fostering",
        "Living with someone who is not close family",
        "8B-F",
    ),
    Category("support", "Needs help, not harmed", "21", is_harm=False),
    Category("other", "Something else", "20"),
    Category("unknown", "I am not sure", "20"),
)

ADULT: tuple[Category, ...] = (
    Category(
        "physical",
        "Hit, hurt, held down or given wrong medicine",
        "physical",
        makes_p2=True,
        is_crime=True,
    ),
    Category(
        "domestic_abuse",
        "Hurt or controlled by a partner, ex or relative",
        "domestic_abuse",
        is_crime=True,
    ),
    Category(
        "sexual",
        "Sexual acts they did not or could not agree to",
        "sexual",
        makes_p2=True,
        is_crime=True,
    ),
    Category("psychological", "Threatened, bullied or cut off", "psychological"),
    Category("financial", "Money or things taken or misused", "financial", is_crime=True),
    Category(
        "slavery",
        "Held, moved, or made to work or commit crime",
        "slavery",
        makes_p2=True,
        is_crime=True,
    ),
    Category("discriminatory", "Treated badly for who they are", "discriminatory"),
    Category("organisational", "Harmed by how a whole service is run", "organisational"),
    Category("neglect", "Not given care they should get", "neglect"),
    Category("self_neglect", "Not coping with own care, health or home", "self_neglect"),
    Category(
        "sexual_exploitation",
        "Pressed or paid into sex",
        "sexual_exploitation",
        makes_p2=True,
        is_crime=True,
    ),
    # Flags: counted under a SAC type, never a type of their own.
    Category(
        "cuckooing",
        "Their home is taken over",
        makes_p2=True,
        is_crime=True,
        sac=("slavery", "financial"),
    ),
    Category(
        "forced_marriage", "Forced to marry", makes_p2=True, is_crime=True, sac=("domestic_abuse",)
    ),
    Category(
        "honour",
        'Threatened over "honour"',
        makes_p2=True,
        is_crime=True,
        sac=("domestic_abuse",),
    ),
    Category(
        "fgm",
        "FGM: cutting a woman's private parts",
        makes_p2=True,
        is_crime=True,
        sac=("physical",),
    ),
    Category("hate", "Hurt or abused because of hate", is_crime=True, sac=("discriminatory",)),
    Category("radicalisation", "Drawn into extremism"),
    Category("online", "Harmed online"),
    Category("missing", "Missing", makes_p2=True),
    Category("support", "Needs help, not harmed", is_harm=False),
    Category("other", "Something else"),
    Category("unknown", "I am not sure"),
)

FLAGS = frozenset(
    {
        "cuckooing",
        "forced_marriage",
        "honour",
        "fgm",
        "hate",
        "radicalisation",
        "online",
        "missing",
    }
)

BY_GROUP = {
    "child": {category.slug: category for category in CHILD},
    "adult": {category.slug: category for category in ADULT},
}
ALL_SLUGS = tuple(dict.fromkeys(category.slug for category in (*CHILD, *ADULT)))

# Words that a reporter of a child uses for an adult's worry, and the other way round.
NEAREST = {
    "child": {
        "psychological": "emotional",
        "sexual_exploitation": "cse",
        "cuckooing": "cce",
        "financial": "other",
        "discriminatory": "emotional",
        "hate": "emotional",
        "organisational": "neglect",
        "self_neglect": "neglect",
    },
    "adult": {
        "emotional": "psychological",
        "cse": "sexual_exploitation",
        "cce": "slavery",
        "gangs": "slavery",
        "faith": "psychological",
        "self_harm": "self_neglect",
        "young_carer": "support",
        "unaccompanied": "support",
        "private_fostering": "support",
    },
}

# DfE referral source codes (DOMAIN section 3); council staff are usually 5B.
REFERRAL_SOURCES = {
    "1A": "Family or carer",
    "1B": "Acquaintance",
    "1C": "Self",
    "1D": "Other individual",
    "2A": "School",
    "2B": "Education service",
    "3A": "GP",
    "3B": "Health visitor",
    "3C": "School nurse",
    "3D": "Other primary health",
    "3E": "A&E",
    "3F": "Other health",
    "4": "Housing",
    "5A": "Council social care",
    "5B": "Other council department",
    "5C": "Another council",
    "5D": "Early help",
    "6": "Police",
    "7": "Other legal agency",
    "8": "Other",
    "9": "Anonymous",
    "10": "Unknown",
}


def meanings() -> str:
    """Return what each slug means, for the schema: a stranger must be able to choose."""
    child = "; ".join(f"'{item.slug}' {item.words} ({item.code})" for item in CHILD)
    adult = "; ".join(f"'{item.slug}' {item.words}" for item in ADULT)
    return f"For a child: {child}. For an adult: {adult}."


def nearest(slug: str, side: str) -> str:
    """Return the category of a side ("child" or "adult") that a reporter's word stands for.

    The group of a person may turn out otherwise than the reporter thought; no worry is lost by it.
    """
    if slug in BY_GROUP[side]:
        return slug
    return NEAREST[side].get(slug, "other")
