"""What the portal keeps about concerns."""

from concerns.models.concern import AccessGrant, Clock, Concern, Involvement, Note
from concerns.models.draft import Draft
from concerns.models.ledger import CustodyGap, DailyStatement, LegEvent
from concerns.models.referral import AgencyCode, Call, Referral
from concerns.models.report import Exclusion, Report

__all__ = [
    "AccessGrant",
    "AgencyCode",
    "Call",
    "Clock",
    "Concern",
    "CustodyGap",
    "DailyStatement",
    "Draft",
    "Exclusion",
    "Involvement",
    "LegEvent",
    "Note",
    "Referral",
    "Report",
]
