"""What a lead types to decide again what a concern is: facts as known now, then the decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from concerns.models import Concern
from concerns.rules.case import Case
from concerns.rules.taxonomy import BY_GROUP
from concerns.triage.forms_decide import (
    CAPACITY_WORDS,
    CONSENT_WORDS,
    MAX_REASON,
    PRIORITIES,
    ground_options,
)
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    LongTextField,
    MultiChoiceField,
    NumberField,
    Option,
    PortalForm,
)

YES_NO_UNKNOWN = [("yes", "Yes"), ("no", "No"), ("unknown", "Not known")]
GROUP_FACTS = [
    ("child", "A child under 18"),
    ("unborn", "An unborn baby"),
    ("adult", "An adult"),
    ("unknown", "Not known"),
]
WORKFORCES = [
    ("children", "Children"),
    ("adults", "Adults who need care"),
    ("both", "Both"),
    ("none", "Neither"),
    ("unknown", "Not known"),
]
MISSING = [("food", "Food"), ("heat", "Heat"), ("medicine", "Medicine"), ("care", "Care")]


def _side(group: str) -> str:
    return "child" if group == Concern.Group.CHILD else "adult"


def _category_options(group: str) -> list[Option]:
    return [Option(item.slug, item.words) for item in BY_GROUP[_side(group)].values()]


class FactsForm(PortalForm):
    """The facts that decide, as the lead knows them now. The report stays as it was filed."""

    title = "What do you know now?"
    group = ChoiceField("The person is", GROUP_FACTS, empty="Select what the person is")
    age = NumberField(
        "Age in years, if it is known now",
        minimum=0,
        maximum=130,
        wrong="Enter an age in years, from 0 to 130",
    )
    care_needs = ChoiceField("Care and support needs (adult)", YES_NO_UNKNOWN, inline=True)
    categories = MultiChoiceField("What is the worry?")
    danger_now = ChoiceField("Danger now", YES_NO_UNKNOWN, inline=True)
    injury_symptoms_now = ChoiceField("Hurt or ill and needs help now", YES_NO_UNKNOWN, inline=True)
    missing_now = MultiChoiceField("Goes without this today", MISSING)
    crime = ChoiceField("A crime may have happened", YES_NO_UNKNOWN, inline=True)
    consent_report = ChoiceField("Do they agree to telling social care?", CONSENT_WORDS)
    consent_police = ChoiceField("Do they agree to telling the police?", CONSENT_WORDS)
    capacity = ChoiceField("Can they make this decision?", CAPACITY_WORDS)
    grounds = MultiChoiceField("Grounds for telling without agreement", ground_options())
    override_reason = LongTextField("Why these grounds hold here", max_chars=MAX_REASON)
    workforce = ChoiceField("Whoever may have caused harm works or volunteers with", WORKFORCES)

    def __init__(self, case: Case, group: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=_known(case), **kwargs)
        self.case = case
        self.fields["categories"].offer(_category_options(group))  # type: ignore[attr-defined]
        if not case.alleged:
            del self.fields["workforce"]

    def corrections(self) -> dict[str, Any]:
        """Return the facts that the lead changed, as `services.clocks.case_of` takes them.

        What was left alone stays as it was said, not as the form words it. A victim whom nobody has
        identified stays so until the lead says what the person is.
        """
        changed = {name: self.cleaned_data[name] for name in self.fields if self._is_changed(name)}
        found: dict[str, Any] = {}
        if changed.pop("workforce", None):
            found["alleged"] = {"workforce": self.cleaned_data["workforce"]}
        nobody = self.case.is_unidentified and bool(self.case.facts.alleged)
        if changed and not (nobody and "group" not in changed):
            found["person"] = self._person(changed)
        return found

    def _is_changed(self, name: str) -> bool:
        typed, known = self.cleaned_data[name], self.initial[name]
        if isinstance(known, list):
            return set(typed) != set(known)
        return str(typed or "") != str(known or "")

    def _person(self, changed: dict[str, Any]) -> dict[str, Any]:
        """Return the changed facts of the person under the names that the rules know."""
        consent = {
            share: changed.pop(f"consent_{share}") or "unknown"
            for share in ("report", "police")
            if f"consent_{share}" in changed
        }
        person: dict[str, Any] = {}
        if consent:
            person["consent"] = asdict(self.case.person.consent) | consent
        age = changed.pop("age", None)
        if age is not None:
            person |= {"age_min": age, "age_max": age, "claimed_age": None, "dob": None}
        if "grounds" in changed:
            person["override_grounds"] = changed.pop("grounds")
        texts = {"override_reason"}
        return person | {
            name: value if value or name in texts or isinstance(value, list) else "unknown"
            for name, value in changed.items()
        }


def _known(case: Case) -> dict[str, Any]:
    """Return what the facts say now, as the form shows it."""
    person = case.person
    sure = case.age_low is not None and case.age_low == case.age_high
    return {
        "group": person.group,
        "age": str(case.age_low) if sure else "",
        "care_needs": person.care_needs,
        "categories": [item.slug for item in case.categories],
        "danger_now": person.danger_now,
        "injury_symptoms_now": person.injury_symptoms_now,
        "missing_now": list(person.missing_now),
        "crime": person.crime,
        "consent_report": person.consent.report,
        "consent_police": person.consent.police,
        "capacity": person.capacity,
        "grounds": list(person.override_grounds),
        "override_reason": person.override_reason,
        "workforce": case.alleged[0].workforce if case.alleged else "unknown",
    }


class ClassificationForm(PortalForm):
    """What the lead decides, beside what the rules propose."""

    title = "You decide"
    group = ChoiceField("The person is", Concern.Group.choices, empty="Select what the person is")
    categories = MultiChoiceField("What the worry is", empty="Select at least one worry")
    priority = ChoiceField("Priority", PRIORITIES, empty="Select a priority")
    agencies = MultiChoiceField(
        "Who is told",
        hint="Whoever is new is told now. Whoever you untick gets a word that it is withdrawn.",
    )
    reason = LongTextField(
        "Why you decide otherwise than the rules, or lower the priority",
        hint="Leave it empty if you follow the rules.",
        max_chars=MAX_REASON,
    )

    def __init__(
        self,
        initial: dict[str, Any],
        agencies: Iterable[Option],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial=initial, **kwargs)
        options = _category_options(initial["group"])
        self.fields["categories"].offer(options)  # type: ignore[attr-defined]
        self.fields["agencies"].offer(list(agencies))  # type: ignore[attr-defined]
