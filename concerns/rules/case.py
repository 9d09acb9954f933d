"""One person at risk as the rules see them: the facts, and what follows from them at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from concerns.rules.ages import (
    ADULT_AGE,
    LONDON,
    age_on,
    age_range,
    is_member_under_18,
    may_be_under_18,
    member_kind,
    proven_age,
)
from concerns.rules.facts import Alleged, Facts, Member, Person
from concerns.rules.taxonomy import BY_GROUP, Category, nearest

__all__ = ["ADULT_AGE", "LONDON", "Case", "age_on", "is_allegation", "member_as_person"]

WORKFORCES = ("children", "adults", "both")
MARAC_TICKS = 14
DOMESTIC_ABUSE_AGE = 16
IMMINENT_DAYS = 7
# From the most urgent answer to the least; what a known date says and what was ticked are compared.
TRAVEL = ("today", "soon", "later", "no", "unknown")
# Harms that are domestic abuse when a partner does them, or a relative with violence or control.
FAMILY_HARMS = frozenset(
    {"physical", "sexual", "psychological", "financial", "emotional", "sexual_exploitation"}
)
VIOLENT_HARMS = frozenset({"physical", "sexual", "psychological"})
# An adult's words on which R12 starts once they are held, forced, coerced or in debt (SETTLED).
MAYBE_SLAVERY = frozenset({"cuckooing", "cce", "gangs"})


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
    def is_outside(self) -> bool:
        """Whether the person is neither a child nor an adult at risk."""
        return self.group == "neither"

    @property
    def is_unidentified(self) -> bool:
        """Whether this record stands for a victim whom nobody has identified."""
        return not self.facts.people and self.linked_to is None

    @property
    def age_low(self) -> int | None:
        """The lowest age that anybody states; None is not known."""
        return age_range(self.person, self.today)[0]

    @property
    def age_high(self) -> int | None:
        """The highest age that anybody states; None is not known, or no upper bound."""
        return age_range(self.person, self.today)[1]

    @property
    def proven_age(self) -> int | None:
        """The age by a date of birth with evidence."""
        return proven_age(self.person, self.today)

    @property
    def is_sixteen(self) -> bool:
        """Whether domestic abuse, in law from 16, can be aimed at them (R14)."""
        return self.age_low is not None and self.age_low >= DOMESTIC_ABUSE_AGE

    @property
    def side(self) -> str:
        """Which list of categories fits: a child's or an adult's."""
        if self.group:
            return "child" if self.is_child else "adult"
        return "child" if may_be_under_18(self.person, self.today) else "adult"

    @cached_property
    def alleged(self) -> tuple[Alleged, ...]:
        """Who may have harmed this person."""
        return tuple(
            item for item in self.facts.alleged if not item.people or self.number in item.people
        )

    @cached_property
    def chosen(self) -> frozenset[str]:
        """The categories and flags as the reporter chose them, before any mapping."""
        return frozenset(self.person.categories)

    @cached_property
    def slugs(self) -> frozenset[str]:
        """The categories and flags, in the words of this person's side, with what facts imply."""
        person = self.person
        found = {nearest(slug, self.side) for slug in self.chosen}
        if self.hurt_by_family:
            found.add("domestic_abuse")
        if person.missing == "now":
            found.add("missing")
        if person.fgm not in {"unknown", "no"}:
            found.add("fgm")
        if person.hate_crime == "yes" and self.side == "adult":
            found.add("hate")
        if person.self_harm_now == "yes" and self.side == "child":
            found.add("self_harm")
        return frozenset(found)

    @property
    def hurt_by_family(self) -> bool:
        """Whether harm is domestic abuse by who did it (SETTLED, last readings).

        From 16, by a partner or ex-partner always; an adult's by a relative where violence,
        threats, or controlling or coercive behaviour is part of it.
        """
        harmful = self.chosen & FAMILY_HARMS
        if not harmful or self.linked_to is not None:
            return False
        if any(item.relation == "partner" for item in self.alleged):
            return self.side == "adult" or self.is_sixteen
        return self.side == "adult" and any(
            self._is_violent_relative(item, harmful) for item in self.alleged
        )

    def _is_violent_relative(self, item: Alleged, harmful: frozenset[str]) -> bool:
        if item.relation not in {"relative", "parent_carer"}:
            return False
        controls = "yes" in (item.violence_or_control, self.person.coercion)
        return controls or (item.violence_or_control != "no" and bool(harmful & VIOLENT_HARMS))

    @cached_property
    def categories(self) -> tuple[Category, ...]:
        """The categories in the order of the taxonomy."""
        return tuple(item for slug, item in BY_GROUP[self.side].items() if slug in self.slugs)

    def has(self, *slugs: str) -> bool:
        """Whether any of these categories applies."""
        return not self.slugs.isdisjoint(slugs)

    @property
    def is_harmed(self) -> bool:
        """Whether there is harm or risk of harm, not wants or needs alone."""
        person = self.person
        facts = self.is_r1 or bool(person.missing_now) or self.is_injured
        return facts or person.self_harm_now == "yes" or any(c.is_harm for c in self.categories)

    @property
    def is_injured(self) -> bool:
        """Whether there is a head injury or strangulation without symptoms now."""
        return self.person.head_injury_or_strangled == "yes"

    @property
    def is_r1(self) -> bool:
        """Whether danger is present: a threat, an injury that needs help, a person taken (R1)."""
        person = self.person
        return "yes" in (person.danger_now, person.injury_symptoms_now, person.taken)

    @property
    def is_missing(self) -> bool:
        """Whether the person is missing; not knowing whether they came back counts (R16)."""
        return self.has("missing") and self.person.missing not in {"back", "no"}

    @property
    def is_high_risk_missing(self) -> bool:
        """Whether R16 asks for 999: danger to life, an unknown person, or an exploited child."""
        exploited = self.person.exploitation_indicators == "yes" or self.has(
            "cse", "cce", "gangs", "slavery"
        )
        high = self.person.missing_high_risk == "yes" or (self.is_child and exploited)
        return self.is_missing and high

    @property
    def travel(self) -> str:
        """How near a journey or ceremony is: what was said or a known date, the nearer of the two.

        Imminent is within 7 days or on an unknown date; today, or gone already, is danger.
        """
        return min(self.person.travel, self._travel_by_date(), key=TRAVEL.index)

    def _travel_by_date(self) -> str:
        if self.person.event_at is None:
            return "unknown"
        days = (self.person.event_at.astimezone(LONDON).date() - self.today).days
        if days <= 0:
            return "today"
        return "soon" if days <= IMMINENT_DAYS else "later"

    @property
    def may_travel(self) -> bool:
        """Whether a journey matters: FGM or forced marriage (R11, R17)."""
        return self.has("fgm", "forced_marriage")

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
        """Whether R12 starts: chosen by the reporter, or exploitation with movement or force.

        What the reporter chose counts; a mapping is for counting only (SETTLED).
        """
        forced = self.person.held_or_coerced == "yes"
        forcible = self._maybe_slavery or self.has("sexual_exploitation")
        return "slavery" in self.chosen or (forced and forcible)

    @property
    def may_be_slavery(self) -> bool:
        """Whether R12 might start, movement or force being unknown."""
        unknown = self.person.held_or_coerced == "unknown"
        return not self.is_slavery and unknown and self._maybe_slavery

    @property
    def _maybe_slavery(self) -> bool:
        if self.is_child:
            return self.has("cse", "cce", "gangs")
        return not self.chosen.isdisjoint(MAYBE_SLAVERY)

    @property
    def has_marac_grounds(self) -> bool:
        """Whether a MARAC ground is met: 14 ticks, professional judgement, or escalation (R14)."""
        person = self.person
        ticked = (person.dash_ticks or 0) >= MARAC_TICKS
        marked = "yes" in (person.dash_judgement, person.dash_escalation)
        return self.is_abuse_subject and (ticked or marked)

    @property
    def is_abuse_subject(self) -> bool:
        """Whether domestic abuse is aimed at them, from 16 (R14); not a child who lives with it."""
        if not self.has("domestic_abuse", "honour", "forced_marriage"):
            return False
        if not self.is_child:
            return True
        return self.is_sixteen and self.lives_with_abuse_of != "another"

    @property
    def lives_with_abuse_of(self) -> str:
        """At whom domestic abuse around a child is aimed: "self", "another", or "" if not known."""
        stated = {"child": "self", "parent": "another", "other": "another"}
        if self.person.abuse_subject in stated:
            return stated[self.person.abuse_subject]
        if self.linked_to is not None:
            return "another"
        own_partner = any(item.relation == "partner" for item in self.alleged)
        if own_partner and self.is_sixteen and not self._adult_is_abused:
            return "self"
        by_family = any(item.relation in {"parent_carer", "relative"} for item in self.alleged)
        return "another" if by_family or self._adult_is_abused else ""

    @property
    def _adult_is_abused(self) -> bool:
        """Whether the report names an adult who suffers domestic abuse."""
        return any(
            "domestic_abuse" in other.categories and not may_be_under_18(other, self.today)
            for number, other in enumerate(self.facts.people)
            if number != self.number
        )

    @property
    def has_child_in_household(self) -> bool:
        """Whether a child or unborn child is in the household, or the person is pregnant."""
        return (
            self.person.pregnant == "yes"
            or any(
                member.kind == "pregnant" or is_member_under_18(member, self.today)
                for member in self.facts.household
            )
            or any(
                may_be_under_18(other, self.today)
                for number, other in enumerate(self.facts.people)
                if number != self.number
            )
        )

    def regrouped(self, group: str) -> Case:
        """Return the case with its group decided."""
        return replace(self, group=group)


def is_allegation(alleged: Alleged) -> bool:
    """Whether this is an allegation about somebody's work, not poor practice alone.

    Staff of a service whose workforce is not named count as a PiPoT subject (SETTLED), and so does
    anybody whose work is in question while nobody knows with whom they work.
    """
    works = alleged.workforce in WORKFORCES or alleged.paid_carer == "yes"
    works = works or alleged.relation == "provider"
    works = works or (alleged.workforce == "unknown" and bool(alleged.conduct))
    return works and alleged.conduct != ("practice",)


def member_as_person(member: Member, today: date, *, domestic_abuse: bool) -> Person:
    """Return the person at risk that a member of the household becomes (R7)."""
    kind = member_kind(member, today)
    categories = member.categories
    if domestic_abuse and is_member_under_18(member, today):
        categories = tuple(dict.fromkeys((*categories, "domestic_abuse")))
    return Person(
        ref=member.ref,
        group=kind if kind != "pregnant" else "unknown",
        dob=member.dob,
        claimed_age=member.age,
        pregnant="yes" if kind == "pregnant" else "unknown",
        care_needs=member.care_needs,
        categories=categories or ("unknown",),
    )
