"""What the portal keeps about concerns."""

from concerns.models.bundle import Bundle, BundleItem
from concerns.models.concern import AccessGrant, Clock, Concern, Involvement, Note
from concerns.models.draft import Draft
from concerns.models.referral import AgencyCode, Call, Referral
from concerns.models.report import Exclusion, Report
from concerns.models.saved_filter import FilterWatch, SavedFilter, TriagePreference
from concerns.models.search import NameWord, SearchDocument

__all__ = [
    "AccessGrant",
    "AgencyCode",
    "Bundle",
    "BundleItem",
    "Call",
    "Clock",
    "Concern",
    "Draft",
    "Exclusion",
    "FilterWatch",
    "Involvement",
    "NameWord",
    "Note",
    "Referral",
    "Report",
    "SavedFilter",
    "SearchDocument",
    "TriagePreference",
]
