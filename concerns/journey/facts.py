"""From answers to the facts that the rules read: the input of `manage.py assess`.

Only pages that apply count. A page that was skipped, or an answer that makes no sense, becomes
unknown: nothing a reporter typed can stop a report.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from concerns.journey.answers import AFFECTED_KINDS, UNKNOWN, Answers, rough_ages
from concerns.journey.dates import typed_date
from concerns.journey.steps import keys
from concerns.rules.case import LONDON
from concerns.rules.facts import OVERRIDES
from concerns.rules.taxonomy import ALL_SLUGS

MOST_TICKS = 24
ASKED = {"yes": "given", "no": "refused", "not_asked": "unsought"}
CONSENT = {
    "agrees": "given",
    "refuses": "refused",
    "unsafe": "unsought",
    "cannot": "unsought",
    "lacks_capacity": "unsought",
}
# What the answer to "do they agree?" already says about overriding it (R21).
CONSENT_GROUNDS = {
    "unsafe": "seeking_raises_risk",
    "cannot": "cannot_seek",
    "lacks_capacity": "lacks_capacity",
}
CAPACITY = {"yes": "has", "no": "lacks"}
FGM = {"told_by_girl", "saw_signs", "suspected", "at_risk"}
RELATIONS = ("parent_carer", "partner", "relative", "child", "known", "stranger", "provider")
CONDUCT = {"harmed", "offence", "risk", "unsuitable", "practice"}
# The seven-day line of R11 and R17: "within days" is soon, and so is an unknown date.
ABROAD = {"soon": "soon", "later": "later", "no": "no"}


def facts_data(raw: Any, now: datetime) -> dict[str, Any]:
    """Return the facts of a draft's raw answers, at `now` (aware)."""
    today = now.astimezone(LONDON).date()
    everything = Answers(raw, today)
    counted = set(keys(everything)) | {"call"}
    answers = Answers({key: page for key, page in everything.raw.items() if key in counted}, today)
    done = answers.many("done", "done")
    return {
        "people": [_person(answers, number, today) for number in answers.people]
        + _mothers(answers),
        "alleged": [
            alleged for number in answers.alleged if (alleged := _alleged(answers, number))
        ],
        "household": [_member(answers, number, today) for number in answers.affected],
        "household_known": "yes" if answers.many("household", "who") == ["none"] else UNKNOWN,
        "reporter": _reporter(answers),
        "informant": _informant(answers),
        "police_informed": "yes" if "police" in done else UNKNOWN,
        "police_reference": answers.one("done", "police_reference"),
        "called_at": None,
    }


def _tri(value: str) -> str:
    return value if value in {"yes", "no"} else UNKNOWN


def _person(answers: Answers, number: int, today: date) -> dict[str, Any]:
    key = f"person.{number}"
    support = answers.one(f"care-leaver.{number}", "support")
    low, high = rough_ages(answers.one(key, "age"))
    born = typed_date(answers.page(key), "dob")
    due = typed_date(answers.page(f"unborn.{number}"), "due")
    return {
        "ref": f"person {number}",
        "group": answers.group(number),
        "dob": born.isoformat() if born and born <= today else None,
        "age_min": low,
        "age_max": high,
        "due_date": due.isoformat() if due else None,
        "care_needs": _tri(answers.one(f"needs.{number}", "needs")),
        "categories": sorted(answers.worries(number) & set(ALL_SLUGS)) or ["unknown"],
        **_harm(answers, number),
        **_agreement(answers, number),
        **_place(answers, number),
        "has_worker": _tri(answers.one("done", "worker")),
        "worker_told": {"yes": "yes", "no": "no"}.get(answers.one("worker", "told"), UNKNOWN),
        "worker_reachable": "no" if answers.one("worker", "told") == "unreachable" else UNKNOWN,
        "leaving_care": support if support in {"open", "leaver", "no"} else UNKNOWN,
    }


def _harm(answers: Answers, number: int) -> dict[str, Any]:
    """Return what is known of the harm itself."""
    hurt = answers.one(f"injuries.{number}", "hurt")
    fgm = answers.one(f"fgm.{number}", "known")
    missing = answers.one(f"missing.{number}", "missing")
    if not missing and answers.one(f"where.{number}", "now") == "missing":
        missing = "now"
    harmed_on = typed_date(answers.page("when"), "date")
    ticks = answers.one(f"dash.{number}", "ticks")
    before_18 = bool(answers.many("when", "before_18")) and answers.is_adult(number)
    return {
        "danger_now": _tri(answers.one("danger", "danger")),
        "injury_symptoms_now": "yes" if hurt == "urgent" else UNKNOWN,
        "missing_now": [
            item
            for item in ("food", "heat", "medicine", "care")
            if item in answers.many(f"basics.{number}", "missing")
        ],
        "missing": missing if missing in {"now", "back"} else UNKNOWN,
        "exploitation_indicators": _tri(answers.one(f"missing.{number}", "linked")),
        "fgm": "at_risk" if fgm == "travel" else fgm if fgm in FGM else UNKNOWN,
        "travel": _travel(answers, number, fgm),
        "plan_to_harm": "yes"
        if answers.one(f"prevent.{number}", "plan") == "plan"
        else _tri(answers.one(f"prevent.{number}", "plan")),
        "dash_ticks": int(ticks)
        if ticks.isdecimal() and len(ticks) < 3 and int(ticks) < 25
        else None,
        "dash_escalation": _tri(answers.one(f"dash.{number}", "worse")),
        "harm_dates": [harmed_on.isoformat()] if harmed_on and harmed_on <= answers.today else [],
        "harm_before_18": "yes" if before_18 else UNKNOWN,
        "self_harm_now": "yes"
        if "self_harm" in answers.worries(number) and hurt in {"yes", "urgent"}
        else UNKNOWN,
        "held_or_coerced": UNKNOWN,
    }


def _travel(answers: Answers, number: int, fgm: str) -> str:
    abroad = ABROAD.get(answers.one(f"safe-contact.{number}", "abroad"), UNKNOWN)
    return "soon" if fgm == "travel" else abroad


def _agreement(answers: Answers, number: int) -> dict[str, Any]:
    """Return consent, its override, and capacity; a child's safety needs no agreement."""
    agrees = answers.one(f"consent.{number}", "agree")
    grounds = {item for item in answers.many(f"override.{number}", "grounds") if item in OVERRIDES}
    if agrees in CONSENT_GROUNDS:
        grounds.add(CONSENT_GROUNDS[agrees])
    capacity = CAPACITY.get(answers.one(f"capacity.{number}", "capacity"), UNKNOWN)
    if agrees == "lacks_capacity":
        capacity = "lacks"
    return {
        "crime": _tri(answers.one(f"police.{number}", "crime")),
        "consent": {
            "report": CONSENT.get(agrees, UNKNOWN),
            "police": ASKED.get(answers.one(f"police.{number}", "agree"), UNKNOWN),
            "nrm": ASKED.get(answers.one(f"slavery.{number}", "agree"), UNKNOWN),
            "early_help": ASKED.get(answers.one(f"family-consent.{number}", "agree"), UNKNOWN),
        },
        "override_grounds": [item for item in OVERRIDES if item in grounds],
        "override_reason": answers.one(f"override.{number}", "reason"),
        "capacity": capacity,
    }


def _place(answers: Answers, number: int) -> dict[str, Any]:
    """Return the councils concerned; what is not known is left to Birmingham's line."""
    lives = answers.one(f"where.{number}", "lives")
    area = answers.one(f"where.{number}", "area").lower()
    home = {"birmingham": "birmingham", "elsewhere": area}.get(lives, "")
    found = home if answers.one(f"where.{number}", "now") == "home" else ""
    return {"lives_in": home, "found_in": found, "abuse_in": answers.one("when", "area").lower()}


def _mothers(answers: Answers) -> list[dict[str, Any]]:
    """Return the mother of each unborn baby: she gets a linked record (CONTENT, page `unborn`)."""
    return [
        {
            "ref": f"mother of person {number}",
            "group": answers.one(f"unborn.{number}", "mother_age", UNKNOWN),
            "pregnant": UNKNOWN,
            "categories": ["unknown"],
        }
        for number in answers.people
        if answers.group(number) == "unborn"
        and answers.one(f"unborn.{number}", "mother_age") in {"child", "adult"}
    ]


def _alleged(answers: Answers, number: int) -> dict[str, Any] | None:
    """Return somebody who may have caused harm; None when the answer is nobody or nothing."""
    relations = answers.relations(number)
    known = [relation for relation in RELATIONS if relation in relations]
    if not relations or relations == {"nobody"}:
        return None
    work = f"harm-by-work.{number}"
    return {
        "relation": known[0] if known else UNKNOWN,
        "age": 17 if known == ["child"] else None,
        "workforce": _workforce(relations),
        "conduct": sorted(CONDUCT & set(answers.many(work, "conduct"))),
        "paid_carer": "yes" if "provider" in relations else UNKNOWN,
        "regulated_provider": _tri(answers.one(work, "regulated")),
        "has_access": _tri(answers.one(f"harm-by.{number}", "reach")),
        "child_at_risk": UNKNOWN,
        "other_victims": _tri(answers.one(work, "could_harm")),
        "sensitive": ["council_staff"] if "council" in relations else [],
    }


def _workforce(relations: set[str]) -> str:
    children, adults = "works_children" in relations, "works_adults" in relations
    if children or adults:
        return "both" if children and adults else "children" if children else "adults"
    private = relations & set(RELATIONS) - {"provider"}
    return UNKNOWN if not private or relations & {"provider", "council", UNKNOWN} else "none"


def _member(answers: Answers, number: int, today: date) -> dict[str, Any]:
    """Return somebody else who could be affected (R7)."""
    key = f"affected.{number}"
    chosen = [kind for kind in answers.many("household", "who") if kind in AFFECTED_KINDS]
    preset = chosen[number - 1] if number <= len(chosen) else ""
    kind = answers.one(key, "kind") or {"children": "child"}.get(preset, preset)
    low, _ = rough_ages(answers.one(key, "age"))
    born = typed_date(answers.page(key), "dob")
    return {
        "ref": f"affected {number}",
        "kind": kind if kind in {"child", "pregnant", "adult"} else UNKNOWN,
        "dob": born.isoformat() if born and born <= today else None,
        "age": low,
        "care_needs": _tri(answers.one(key, "needs")),
        "touched": _tri(answers.one(key, "touched")),
    }


def _reporter(answers: Answers) -> dict[str, Any]:
    regulated = any(
        answers.one(f"fgm-job.{number}", "job") == "regulated" for number in answers.people
    )
    # The page asks for a registered teacher, social worker or health worker: any of them will do.
    profession = "social_worker" if regulated else UNKNOWN
    return {
        "profession": profession,
        "learned_in_work": "yes" if regulated else UNKNOWN,
        "source": "5B",
    }


def _informant(answers: Answers) -> dict[str, Any]:
    share = answers.one("told-by", "share")
    return {
        "anonymous": "yes" if share == "anonymous" else UNKNOWN,
        "shield": "yes" if share == "shield" else UNKNOWN,
    }
