"""What the portal keeps about concerns."""

from concerns.models.access_review import BreakGlassReview
from concerns.models.attachment import Attachment, FileShare, Unsealing, WarningRead
from concerns.models.bundle import Bundle, BundleItem
from concerns.models.concern import AccessGrant, Clock, Concern, Involvement, Note
from concerns.models.contest import Contest, ContestStage
from concerns.models.conversation import Correspondence
from concerns.models.cover import Bell, BellWarning, CoverWarning, DutyTurn, LadderVersion
from concerns.models.decision import Approval, ChecklistAnswer, Decision, Reassessment, Task
from concerns.models.draft import Draft
from concerns.models.ledger import CustodyGap, DailyStatement, LegEvent
from concerns.models.paper import PaperBatch, PaperForm
from concerns.models.person import ConcernLink, MatchCandidate, MatchDecision, MatchKey, Person
from concerns.models.referral import AgencyCode, Call, Referral
from concerns.models.report import Exclusion, Report
from concerns.models.saved_filter import FilterWatch, SavedFilter, TriagePreference
from concerns.models.search import NameWord, SearchDocument

__all__ = [
    "AccessGrant",
    "AgencyCode",
    "Approval",
    "Attachment",
    "Bell",
    "BellWarning",
    "BreakGlassReview",
    "Bundle",
    "BundleItem",
    "Call",
    "ChecklistAnswer",
    "Clock",
    "Concern",
    "ConcernLink",
    "Contest",
    "ContestStage",
    "Correspondence",
    "CoverWarning",
    "CustodyGap",
    "DailyStatement",
    "Decision",
    "Draft",
    "DutyTurn",
    "Exclusion",
    "FileShare",
    "FilterWatch",
    "Involvement",
    "LadderVersion",
    "LegEvent",
    "MatchCandidate",
    "MatchDecision",
    "MatchKey",
    "NameWord",
    "Note",
    "PaperBatch",
    "PaperForm",
    "Person",
    "Reassessment",
    "Referral",
    "Report",
    "SavedFilter",
    "SearchDocument",
    "Task",
    "TriagePreference",
    "Unsealing",
    "WarningRead",
]
