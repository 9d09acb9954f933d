"""One person at risk as the rules see them: the facts, and what follows from them at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from concerns.rules.facts import Alleged, Facts, Member, Person
from concerns.rules.taxonomy import BY_GROUP, Category, nearest

LONDON = ZoneInfo("Europe/London")
ADULT_AGE = 18
WORKFORCES = ("children", "adults", "both")
MARAC_TICKS = 14


@dataclass(frozen=True)
class Case:
    """One person of a report at its receipt, with the group that `classify` gave them.

    `number` is the position among all records of the report; `linked_to` that of the record from
    which this one follows (R7), or None.
    """

    facts: Facts
    person: Person
    number: int
    now: datetime
    group: str = ""
    linked_to: int | None = None

    @property
    def today(self) -> date:
        """The local date of receipt."""
        return self.now.astimezone(LONDON).date()

    @property
    def is_child(self) -> bool:
        """Whether the child route applies, the unborn included."""
        return self.group == "child"

    @property
    def is_unborn(self) -> bool:
        """Whether the person is not born yet."""
        return self.person.group == "unborn"

    @property
    def is_adult_at_risk(self) -> bool:
        """Whether Care Act section 42 may apply (R5)."""
        return self.group == "adult_at_risk"

    @property
    def side(self) -> str:
        """Which list of categories fits: a child's or an adult's."""
        if self.group:
            return "child" if self.is_child else "adult"
        return "child"

    @cached_property
    def alleged(self) -> tuple[Alleged, ...]:
        """Who may have harmed this person."""
        return tuple(
            item for item in self.facts.alleged if not item.people or self.number in item.people
        )

    @cached_property
    def slugs(self) -> frozenset[str]:
        """The categories and flags, in the words of this person's side, with what they imply."""
        found = {nearest(slug, self.side) for slug in self.person.categories}
        if "domestic_abuse" not in found and self.hurt_by_family:
            found.add("domestic_abuse")
        if self.person.missing == "now":
            found.add("missing")
        if self.person.fgm not in {"unknown", "no"}:
            found.add("fgm")
        if self.person.hate_crime == "yes" and self.side == "adult":
            found.add("hate")
        return frozenset(found)

    @property
    def hurt_by_family(self) -> bool:
        """Whether an adult's harm is domestic abuse by who did it (SETTLED, last readings).

        A partner always; a relative where violence, threats or control is part of it.
        """
        if self.side == "child" or not self.person.categories:
            return False
        harmful = set(self.person.categories) & {
            "physical",
            "sexual",
            "psychological",
            "financial",
            "emotional",
        }
        violent = "physical" in harmful or "sexual" in harmful
        return bool(harmful) and any(
            item.relation == "partner"
            or (
                item.relation in {"relative", "parent_carer"}
                and (item.violence_or_control == "yes" or violent)
            )
            for item in self.alleged
        )

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The categories in the order of the taxonomy."""
        return tuple(item for slug, item in BY_GROUP[self.side].items() if slug in self.slugs)

    def has(self, *slugs: str) -> bool:
        """Whether any of these categories applies."""
        return not self.slugs.isdisjoint(slugs)

    @property
    def is_harmed(self) -> bool:
        """Whether any worry is harm or risk of harm, not a want or need alone."""
        return any(item.is_harm for item in self.categories) or self.is_r1

    @property
    def is_r1(self) -> bool:
        """Whether danger is present: a threat, an injury that needs help, a person taken (R1)."""
        person = self.person
        return "yes" in (person.danger_now, person.injury_symptoms_now, person.taken)

    @property
    def is_high_risk_missing(self) -> bool:
        """Whether R16 asks for 999 (SETTLED, First number and routes)."""
        person = self.person
        if "missing" not in self.slugs or person.missing == "back":
            return False
        exploited = person.exploitation_indicators == "yes" or self.has("cse", "cce", "gangs")
        return person.missing_high_risk == "yes" or (self.is_child and exploited)

    @property
    def is_position_of_trust(self) -> bool:
        """Whether an allegation is made against someone who works or volunteers (R9, R10)."""
        return any(is_allegation(item) for item in self.alleged)

    @property
    def is_exploited(self) -> bool:
        """Whether it is exploitation: modern slavery, sexual, criminal, cuckooing."""
        return self.has("slavery", "cse", "cce", "gangs", "sexual_exploitation", "cuckooing")

    @property
    def is_slavery(self) -> bool:
        """Whether R12 starts: chosen by the reporter, or exploitation with movement or force."""
        forced = self.person.held_or_coerced == "yes"
        return self.has("slavery") or (forced and self.has("cuckooing", "cse", "cce", "gangs"))

    @property
    def may_be_slavery(self) -> bool:
        """Whether R12 might start, movement or force being unknown."""
        return (
            not self.is_slavery
            and self.person.held_or_coerced == "unknown"
            and self.has("cuckooing", "cse", "cce", "gangs")
        )

    @property
    def has_marac_grounds(self) -> bool:
        """Whether a MARAC ground is met: 14 ticks, professional judgement, or escalation (R14)."""
        person = self.person
        return self.has("domestic_abuse") and (
            (person.dash_ticks or 0) >= MARAC_TICKS
            or "yes" in (person.dash_judgement, person.dash_escalation)
        )

    @property
    def has_child_in_household(self) -> bool:
        """Whether a child or unborn child lives in the household, or the person is pregnant."""
        return self.person.pregnant == "yes" or any(
            member.kind in {"child", "unborn", "pregnant"} for member in self.facts.household
        )

    def regrouped(self, group: str) -> Case:
        """Return the case with its group decided."""
        return replace(self, group=group)


def is_allegation(alleged: Alleged) -> bool:
    """Whether this is an allegation about somebody's work, not poor practice alone.

    Staff of a service whose workforce is not named count as a PiPoT subject (SETTLED).
    """
    works = alleged.workforce in WORKFORCES or alleged.paid_carer == "yes"
    works = works or alleged.relation == "provider"
    return works and alleged.conduct != ("practice",)


def age_on(day: date, dob: date) -> int:
    """Return the age in years; a birthday counts from its first minute, 29 Feb from 1 March."""
    return day.year - dob.year - ((day.month, day.day) < (dob.month, dob.day))


def member_as_person(member: Member, *, domestic_abuse: bool) -> Person:
    """Return the person at risk that a member of the household becomes (R7)."""
    kind = {"unborn": "unborn", "child": "child", "adult": "adult", "pregnant": "adult"}
    categories = member.categories
    if domestic_abuse and member.kind in {"child", "unborn"}:
        categories = tuple(dict.fromkeys((*categories, "domestic_abuse")))
    return Person(
        ref=member.ref,
        group=kind.get(member.kind, "unknown"),
        dob=member.dob,
        claimed_age=member.age,
        pregnant="yes" if member.kind == "pregnant" else "unknown",
        care_needs=member.care_needs,
        categories=categories or ("unknown",),
    )
