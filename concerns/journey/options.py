"""The answers to choose from, in plain words. Values are stable; words are CONTENT's."""

from __future__ import annotations

from concerns.rules.taxonomy import ADULT, CHILD
from safeguarding_portal.design_system.fields import Option

DK = Option("unknown", "I do not know", divider="or", exclusive=True)
YES, NO = Option("yes", "Yes"), Option("no", "No")
YES_NO_DK = (YES, NO, DK)
NOT_ASKED = Option("not_asked", "Not asked")
YES_NO_NOT_ASKED = (YES, NO, NOT_ASKED, DK)
NONE = Option("none", "None", exclusive=True, divider="or")

DANGER = (YES, NO, Option("unknown", "I am not sure"))
GROUP = (
    Option("child", "Under 18"),
    Option("unborn", "Not born yet"),
    Option("adult", "18 or over"),
    Option("unknown", "Not sure if under 18"),
)
MOTHER_AGE = (Option("child", "Under 18"), Option("adult", "18 or over"), DK)
CARE_LEAVER = (Option("open", "They still do"), Option("leaver", "They left care"), NO, DK)
LIVES = (
    Option("birmingham", "Birmingham"),
    Option("elsewhere", "Another council area"),
    Option("none", "No fixed home"),
    DK,
)
NOW = (
    Option("home", "At home"),
    Option("other", "Somewhere else"),
    Option("missing", "Missing"),
    DK,
)
HOW_KNOWN = ("seen", "disclosed", "told", "suspected", "evidence", "unknown")
PLACE = (
    Option("own_home", "Their home"),
    Option("community", "Out and about"),
    Option("community_service", "Day or other service"),
    Option("nursing", "Nursing home"),
    Option("residential", "Care home without nursing"),
    Option("acute", "General hospital"),
    Option("mental_health", "Mental health hospital"),
    Option("community_hospital", "Community hospital"),
    Option("other", "Other"),
    DK,
)
INJURED = (Option("urgent", "Yes, and need help now"), YES, NO, DK)
BASICS = (
    Option("food", "Food"),
    Option("heat", "Heat"),
    Option("medicine", "Medicine"),
    Option("care", "Care"),
    NONE,
    Option("unknown", "I do not know", exclusive=True),
)
MISSING = (Option("now", "Yes"), Option("back", "They came back"), DK)
FGM = (
    Option("told_by_girl", "She told me it was done"),
    Option("saw_signs", "I saw signs it was done"),
    Option("suspected", "I think it was done"),
    Option("at_risk", "It may be done"),
    Option("travel", "She may travel for it soon"),
    DK,
)
FGM_JOB = (Option("regulated", "Yes"), NO, DK)
PLAN = (Option("plan", "Yes"), NO, DK)
RELATION = (
    Option("parent_carer", "Parent or carer"),
    Option("partner", "Partner or ex"),
    Option("relative", "Other relative"),
    Option("child", "Another child"),
    Option("known", "Someone they know"),
    Option("stranger", "Stranger"),
    Option("provider", "Paid carer or service"),
    Option("works_children", "Works or volunteers with children"),
    Option("works_adults", "Works or volunteers with adults who need care"),
    Option("council", "Council staff, councillor or contractor"),
    Option("nobody", "Nobody", exclusive=True, divider="or"),
    Option("unknown", "I do not know", exclusive=True),
)
CONDUCT = (
    Option("harmed", "They harmed someone"),
    Option("offence", "A possible crime"),
    Option("risk", "They may harm someone"),
    Option("unsuitable", "They may not be right for the job"),
    Option("practice", "Poor practice only", exclusive=True),
    DK,
)
HOUSEHOLD = (
    Option("children", "Other children"),
    Option("pregnant", "Someone pregnant"),
    Option("adult", "An adult who may be at risk or need care"),
    Option("none", "Nobody", exclusive=True, divider="or"),
    Option("unknown", "I do not know", exclusive=True),
)
AFFECTED = (
    Option("child", "A child"),
    Option("pregnant", "Someone pregnant"),
    Option("adult", "An adult who may be at risk or need care"),
)
CONSENT = (
    Option("agrees", "Yes"),
    Option("refuses", "They said no"),
    Option("unsafe", "Not safe to ask"),
    Option("cannot", "No chance to ask"),
    Option("lacks_capacity", "They cannot decide this"),
    DK,
)
OVERRIDE = (
    Option("seeking_raises_risk", "Asking would raise the risk"),
    Option("cannot_seek", "They cannot be asked"),
    Option("lacks_capacity", "They cannot decide this"),
    Option("best_interests", "It is in their best interests"),
    Option("others_at_risk", "Other people are at risk"),
    Option("paid_carer", "A paid carer may have caused it"),
    Option("coercion", "They are controlled or forced"),
    Option("serious_crime", "A serious crime may have happened"),
    Option("none", "None fit", exclusive=True, divider="or"),
    Option("unknown", "I do not know", exclusive=True),
)
SPEAKS = (Option("someone", "Someone speaks up for them"), Option("nobody", "Nobody"), DK)
ABROAD = (Option("soon", "Within days"), Option("later", "Later"), NO, DK)
TOLD_WORKER = (YES, Option("unreachable", "Could not reach them"), NO, DK)
SHARE = (
    Option("share", "Yes"),
    Option("shield", "Not with the family"),
    Option("anonymous", "They stay unnamed"),
    DK,
)
AT_RISK_IF_KNOWN = (Option("shield", "Yes"), NO, DK)
CALLED = (
    Option("childrens-social-care", "Children's social care"),
    Option("adult-social-care", "Adult social care"),
    Option("police-emergency", "999"),
    Option("police-non-emergency", "Police, 101"),
    Option("none", "I have not called anyone yet"),
    DK,
)
CHILD_WORRIES = tuple(Option(item.slug, item.words) for item in CHILD)
ADULT_WORRIES = tuple(Option(item.slug, item.words) for item in ADULT)


def how_known(person: str) -> tuple[Option, ...]:
    """Return how the reporter knows, with the person's word in it."""
    who = person[:1].upper() + person[1:]
    words = {
        "seen": "I saw it",
        "disclosed": f"{who} told me",
        "told": "Someone else told me",
        "suspected": "I noticed signs",
        "evidence": "I found a message, photo or paper",
    }
    return (*(Option(value, label) for value, label in words.items()), DK)


def done(*, any_child: bool) -> tuple[Option, ...]:
    """Return what may have been done so far; telling a parent is asked for a child only."""
    options = [
        Option("social_care", "Called social care"),
        Option("police", "Called police"),
        Option("medical", "Got medical help"),
        Option("parent_told", "Told a parent or carer"),
        Option("manager", "Told a manager"),
        Option("none", "Nothing yet", exclusive=True, divider="or"),
        Option("unknown", "I do not know", exclusive=True),
    ]
    return tuple(item for item in options if any_child or item.value != "parent_told")
