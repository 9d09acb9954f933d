"""What the portal keeps about concerns."""

from concerns.models.concern import AccessGrant, Clock, Concern, Involvement, Note
from concerns.models.decision import Approval, ChecklistAnswer, Decision, Reassessment, Task
from concerns.models.draft import Draft
from concerns.models.referral import AgencyCode, Call, Referral
from concerns.models.report import Exclusion, Report

__all__ = [
    "AccessGrant",
    "AgencyCode",
    "Approval",
    "Call",
    "ChecklistAnswer",
    "Clock",
    "Concern",
    "Decision",
    "Draft",
    "Exclusion",
    "Involvement",
    "Note",
    "Reassessment",
    "Referral",
    "Report",
    "Task",
]
