"""What the portal keeps about concerns."""

from concerns.models.concern import AccessGrant, Clock, Concern, Involvement, Note
from concerns.models.contest import Contest, ContestStage
from concerns.models.conversation import Correspondence
from concerns.models.cover import Bell, BellWarning, CoverWarning, DutyTurn, LadderVersion
from concerns.models.draft import Draft
from concerns.models.referral import AgencyCode, Call, Referral
from concerns.models.report import Exclusion, Report

__all__ = [
    "AccessGrant",
    "AgencyCode",
    "Bell",
    "BellWarning",
    "Call",
    "Clock",
    "Concern",
    "Contest",
    "ContestStage",
    "Correspondence",
    "CoverWarning",
    "Draft",
    "DutyTurn",
    "Exclusion",
    "Involvement",
    "LadderVersion",
    "Note",
    "Referral",
    "Report",
]
