"""Which pages a report has, in which order: a table, and three pure functions on it.

A step comes once for the report, once for each person at risk, or once for each person who may have
caused harm. Only steps that apply are asked, and only their answers count at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from concerns.journey.answers import MOST_PEOPLE, Answers, page_number, rough_ages
from concerns.journey.dates import typed_date
from concerns.journey.questions import About, Question
from concerns.journey.questions_harm import HARM
from concerns.journey.questions_people import PEOPLE
from concerns.journey.questions_views import VIEWS
from concerns.rules.case import age_on

QUESTIONS = {question.slug: question for question in (*PEOPLE, *HARM, *VIEWS)}
REPORT, PERSON, ALLEGED, AFFECTED = "report", "person", "alleged", "affected"
CARE_LEAVER_AGES = range(18, 26)
DASH_AGE = 16

SUPPORT_ONLY = frozenset({"support", "young_carer", "private_fostering"})
INJURY_WORRIES = frozenset({"physical", "sexual", "domestic_abuse", "fgm", "self_harm"})
SAFE_CONTACT_WORRIES = frozenset(
    {
        "domestic_abuse",
        "sexual",
        "cse",
        "cce",
        "gangs",
        "slavery",
        "sexual_exploitation",
        "cuckooing",
        "forced_marriage",
        "honour",
        "fgm",
    }
)
SAFETY_WORRIES = frozenset({"domestic_abuse", "gangs", "radicalisation", "honour"})
WORK_RELATIONS = frozenset({"provider", "works_children", "works_adults", "council"})

Applies = Callable[[Answers, int], bool]


@dataclass(frozen=True)
class Step:
    """One row of the journey: which page, for whom, and when it applies."""

    slug: str
    per: str
    applies: Applies

    @property
    def question(self) -> Question:
        """What the page asks."""
        return QUESTIONS[self.slug]


def always(answers: Answers, number: int) -> bool:
    """Apply to everybody."""
    return True


def is_urgent(answers: Answers) -> bool:
    """Whether an answer somewhere means that help must be called first (the daggers of CONTENT)."""
    return (answers.has("danger") and answers.one("danger", "danger") != "no") or any(
        answers.one(f"injuries.{number}", "hurt") == "urgent"
        or answers.one(f"missing.{number}", "missing") == "now"
        or answers.one(f"fgm.{number}", "known") == "travel"
        or answers.one(f"prevent.{number}", "plan") == "plan"
        or answers.one(f"safe-contact.{number}", "abroad") == "soon"
        for number in answers.people
    )


def _called(answers: Answers) -> bool:
    return not {"social_care", "police"}.isdisjoint(answers.many("done", "done"))


def _worried(*slugs: str) -> Applies:
    wanted = frozenset(slugs)
    return lambda answers, number: not wanted.isdisjoint(answers.worries(number))


def _only(answers: Answers, number: int, slugs: frozenset[str]) -> bool:
    worries = answers.worries(number)
    return bool(worries) and worries <= slugs


def _everyone_only(answers: Answers, slugs: frozenset[str]) -> bool:
    return all(_only(answers, number, slugs) for number in answers.people)


def _is_adult(answers: Answers, number: int) -> bool:
    return answers.is_adult(number)


def _may_be_care_leaver(answers: Answers, number: int) -> bool:
    """Whether an adult is known to be 18 to 25."""
    if not answers.is_adult(number):
        return False
    born = typed_date(answers.page(f"person.{number}"), "dob")
    if born is not None:
        return age_on(answers.today, born) in CARE_LEAVER_AGES
    return set(rough_ages(answers.one(f"person.{number}", "age"))) <= set(CARE_LEAVER_AGES)


def _when_applies(answers: Answers, number: int) -> bool:
    stopped = answers.has("what-happened") and answers.one("what-happened", "ongoing") != "yes"
    adult = any(
        answers.is_adult(who) and not _only(answers, who, frozenset({"self_neglect"}))
        for who in answers.people
    )
    return stopped or adult


def _injuries_apply(answers: Answers, number: int) -> bool:
    neglected_adult = answers.is_adult(number) and "neglect" in answers.worries(number)
    return neglected_adult or not INJURY_WORRIES.isdisjoint(answers.worries(number))


def _basics_apply(answers: Answers, number: int) -> bool:
    return answers.is_adult(number) and _worried("neglect", "self_neglect")(answers, number)


def _missing_applies(answers: Answers, number: int) -> bool:
    away = answers.one(f"where.{number}", "now") == "missing"
    return away or "missing" in answers.worries(number)


def _fgm_job_applies(answers: Answers, number: int) -> bool:
    known = answers.one(f"fgm.{number}", "known") in {"told_by_girl", "saw_signs"}
    return known and not answers.is_adult(number) and "fgm" in answers.worries(number)


def _dash_applies(answers: Answers, number: int) -> bool:
    """Whether the victim of domestic abuse is, or may be, 16 or over: an adult, or said to be."""
    if "domestic_abuse" not in answers.worries(number):
        return False
    if answers.is_adult(number):
        return True
    born = typed_date(answers.page(f"person.{number}"), "dob")
    if born is not None:
        return age_on(answers.today, born) >= DASH_AGE
    oldest = rough_ages(answers.one(f"person.{number}", "age"))[1]
    return oldest is not None and oldest >= DASH_AGE


def _family_warning_applies(answers: Answers, number: int) -> bool:
    return not {"forced_marriage", "honour", "fgm"}.isdisjoint(answers.all_worries)


def _harm_by_applies(answers: Answers, number: int) -> bool:
    nobody = SUPPORT_ONLY | {"self_neglect", "self_harm"}
    return not _everyone_only(answers, nobody)


def _works(answers: Answers, number: int) -> bool:
    asked = _harm_by_applies(answers, number)
    return asked and not WORK_RELATIONS.isdisjoint(answers.relations(number))


def _is_council(answers: Answers, number: int) -> bool:
    return _harm_by_applies(answers, number) and "council" in answers.relations(number)


def _police_applies(answers: Answers, number: int) -> bool:
    quiet = frozenset({"self_neglect", "support"})
    return answers.is_adult(number) and not _only(answers, number, quiet)


def _override_applies(answers: Answers, number: int) -> bool:
    key = f"consent.{number}"
    return answers.is_adult(number) and answers.has(key) and answers.one(key, "agree") != "agrees"


def _capacity_applies(answers: Answers, number: int) -> bool:
    neglects = answers.is_adult(number) and "self_neglect" in answers.worries(number)
    return neglects or _override_applies(answers, number)


def _slavery_applies(answers: Answers, number: int) -> bool:
    return answers.is_adult(number) and _worried("slavery", "cuckooing")(answers, number)


def _family_consent_applies(answers: Answers, number: int) -> bool:
    child = not answers.is_adult(number)
    return child and _only(answers, number, frozenset({"support", "young_carer"}))


def _safe_contact_applies(answers: Answers, number: int) -> bool:
    return not SAFE_CONTACT_WORRIES.isdisjoint(answers.worries(number))


def _safety_applies(answers: Answers, number: int) -> bool:
    return is_urgent(answers) or not SAFETY_WORRIES.isdisjoint(answers.all_worries)


STEPS: tuple[Step, ...] = (
    Step("danger", REPORT, always),
    Step("danger-call", REPORT, lambda answers, _: answers.has("danger") and is_urgent(answers)),
    Step(
        "call",
        REPORT,
        lambda answers, _: (answers.has("danger-call") and is_urgent(answers)) or _called(answers),
    ),
    Step("person", PERSON, always),
    Step("unborn", PERSON, lambda answers, number: answers.group(number) == "unborn"),
    Step("care-leaver", PERSON, _may_be_care_leaver),
    Step("where", PERSON, always),
    Step("needs", PERSON, _is_adult),
    Step("worry", PERSON, always),
    Step("what-happened", REPORT, always),
    Step("when", REPORT, _when_applies),
    Step("injuries", PERSON, _injuries_apply),
    Step("basics", PERSON, _basics_apply),
    Step("missing", PERSON, _missing_applies),
    Step("online", REPORT, lambda answers, _: "online" in answers.all_worries),
    Step("fgm", PERSON, _worried("fgm")),
    Step("fgm-job", PERSON, _fgm_job_applies),
    Step("slavery", PERSON, _slavery_applies),
    Step("dash", PERSON, _dash_applies),
    Step("family-warning", REPORT, _family_warning_applies),
    Step("prevent", PERSON, _worried("radicalisation")),
    Step("harm-by", ALLEGED, _harm_by_applies),
    Step("harm-by-work", ALLEGED, _works),
    Step("harm-by-staff", ALLEGED, _is_council),
    Step("household", REPORT, always),
    Step("affected", AFFECTED, always),
    Step("police", PERSON, _police_applies),
    Step("consent", PERSON, _is_adult),
    Step("override", PERSON, _override_applies),
    Step("capacity", PERSON, _capacity_applies),
    Step("wishes", PERSON, _is_adult),
    Step("family-consent", PERSON, _family_consent_applies),
    Step("safe-contact", PERSON, _safe_contact_applies),
    Step("done", REPORT, always),
    Step("worker", REPORT, lambda answers, _: answers.one("done", "worker") == "yes"),
    Step("told-by", REPORT, lambda answers, _: answers.one("what-happened", "known") == "told"),
    Step("safety", REPORT, _safety_applies),
    Step(
        "who-sees",
        REPORT,
        lambda answers, _: any(_is_council(answers, number) for number in answers.alleged),
    ),
)
# Pages that the check page offers besides: never asked, always there.
EXTRA = ("who-sees", "files", "about-you", "call", "when", "injuries", "safety", "told-by", "more")
# Pages that any later answer can call up: they come next, and then the questions go on.
CALLS = ("danger-call", "call")
# Steps that are asked of one person after the other, before the next step begins.
FIRST_BLOCK = ("unborn", "care-leaver", "where", "needs", "worry")


def keys(answers: Answers) -> list[str]:
    """Return the keys of all pages that apply, in order; the check page is not among them."""
    found: list[str] = []
    block = [step for step in STEPS if step.slug in FIRST_BLOCK]
    for step in STEPS:
        if step.slug == FIRST_BLOCK[0]:
            found += [
                f"{one.slug}.{number}"
                for number in answers.people
                for one in block
                if one.applies(answers, number)
            ]
        elif step.slug not in FIRST_BLOCK:
            found += _keys_of(step, answers)
    return found


def _keys_of(step: Step, answers: Answers) -> list[str]:
    if step.per == REPORT:
        return [step.slug] if step.applies(answers, 0) else []
    numbers = {PERSON: answers.people, ALLEGED: answers.alleged, AFFECTED: answers.affected}
    return [
        f"{step.slug}.{number}" for number in numbers[step.per] if step.applies(answers, number)
    ]


def keys_of_the_same(key: str, answered: Iterable[str]) -> list[str]:
    """Return, of the answered pages, those about the same person as this one, itself included.

    They go together: the next person under this number is somebody else.
    """
    slug, _, number = key.partition(".")
    whose = {step.slug: step.per for step in STEPS}.get(slug, REPORT)
    alike = {f"{step.slug}.{number}" for step in STEPS if step.per == whose != REPORT}
    return [other for other in answered if other == key or other in alike]


def next_key(answers: Answers, key: str) -> str | None:
    """Return the page after this one; None when the check page comes next."""
    order = keys(answers)
    # Help comes first, however late an answer asks for it; so does a call just mentioned.
    for first in CALLS:
        if first in order and first != key and not answers.has(first):
            return first
    if key not in order or key in CALLS:
        return first_incomplete(answers)
    position = order.index(key) + 1
    return order[position] if position < len(order) else None


def previous_key(answers: Answers, key: str) -> str | None:
    """Return the page before this one; None for the first, and for the check page's extras."""
    order = keys(answers)
    position = order.index(key) if key in order else 0
    return order[position - 1] if position > 0 else None


def first_incomplete(answers: Answers) -> str | None:
    """Return the first page that was neither answered nor skipped; None when all were."""
    return next((key for key in keys(answers) if not answers.has(key)), None)


def is_known_key(answers: Answers, key: str) -> bool:
    """Whether a page may be opened: it applies, it adds one more, or the check page offers it."""
    slug, _, number = key.partition(".")
    if key in keys(answers) or is_one_more(answers, key):
        return True
    repeats = any(step.slug == slug and step.per != REPORT for step in STEPS) or slug == "more"
    in_range = page_number(key) in answers.people
    return slug in EXTRA and (in_range if repeats else not number)


def is_one_more(answers: Answers, key: str) -> bool:
    """Whether a page is that of one more person, the ones before being answered."""
    slug = key.partition(".")[0]
    counts = {"person": answers.people, "harm-by": answers.alleged, "affected": answers.affected}
    number = page_number(key)
    if slug not in counts or number is None:
        return False
    before = number - 1
    allowed = slug != "harm-by" or _harm_by_applies(answers, 0)
    return (
        0 < before < MOST_PEOPLE
        and before == len(counts[slug])
        and allowed
        and (answers.has(f"{slug}.{before}"))
    )


def about(answers: Answers, key: str, typed: dict[str, list[str]] | None = None) -> About:
    """Return whom a page is about."""
    position = page_number(key) or 1
    person = answers.name_of(position if position in answers.people else 1)
    return About(answers, position, person, answers.page(key) if typed is None else typed)
