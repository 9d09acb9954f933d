"""The rules of safeguarding as tables that a lead can read. Pure: no Django, no clock, no I/O.

facts = facts_from_dict(data)
assessment = assess(facts, now, working_hours)
"""

from concerns.rules.assessment import (
    RULES_VERSION,
    Assessment,
    PersonAssessment,
    Route,
    assess,
)
from concerns.rules.clocks import WorkingHours
from concerns.rules.read import FactsError, facts_from_dict
from concerns.rules.schema import schema

__all__ = [
    "RULES_VERSION",
    "Assessment",
    "FactsError",
    "PersonAssessment",
    "Route",
    "WorkingHours",
    "assess",
    "facts_from_dict",
    "schema",
]
