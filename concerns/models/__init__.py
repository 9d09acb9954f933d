"""What the portal keeps about concerns."""

from concerns.models.access_review import BreakGlassReview
from concerns.models.attachment import Attachment, FileShare, Unsealing, WarningRead
from concerns.models.body_map import BodyMark, StruckMark
from concerns.models.bundle import Bundle, BundleItem
from concerns.models.concern import AccessGrant, Clock, Concern, Involvement, Note
from concerns.models.contest import Contest, ContestStage
from concerns.models.conversation import Correspondence
from concerns.models.cover import Bell, BellWarning, CoverWarning, DutyTurn, LadderVersion
from concerns.models.curiosity import (
    CuriosityCursor,
    CuriosityFinding,
    CuriosityReason,
    ReaderDay,
    StaffHome,
)
from concerns.models.decision import Approval, ChecklistAnswer, Decision, Reassessment, Task
from concerns.models.disposal import (
    DisposalBatch,
    DisposalItem,
    DisposalPart,
    DisposalRecord,
)
from concerns.models.draft import Draft
from concerns.models.ledger import CustodyGap, DailyStatement, LegEvent
from concerns.models.paper import PaperBatch, PaperForm
from concerns.models.person import ConcernLink, MatchCandidate, MatchDecision, MatchKey, Person
from concerns.models.probe import Probe
from concerns.models.referral import AgencyCode, Call, Referral
from concerns.models.report import Exclusion, Report
from concerns.models.retention import LegalHold, Retention, RetentionSchedule
from concerns.models.saved_filter import FilterWatch, SavedFilter, TriagePreference
from concerns.models.search import NameWord, SearchDocument
from concerns.models.subject_access import (
    AccessCandidate,
    AccessCheck,
    AccessComplaint,
    AccessGathering,
    AccessItem,
    AccessLeave,
    AccessPause,
    AccessRedaction,
    AccessRequest,
    DataRight,
)

__all__ = [
    "AccessCandidate",
    "AccessCheck",
    "AccessComplaint",
    "AccessGathering",
    "AccessGrant",
    "AccessItem",
    "AccessLeave",
    "AccessPause",
    "AccessRedaction",
    "AccessRequest",
    "AgencyCode",
    "Approval",
    "Attachment",
    "Bell",
    "BellWarning",
    "BodyMark",
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
    "CuriosityCursor",
    "CuriosityFinding",
    "CuriosityReason",
    "CustodyGap",
    "DailyStatement",
    "DataRight",
    "Decision",
    "DisposalBatch",
    "DisposalItem",
    "DisposalPart",
    "DisposalRecord",
    "Draft",
    "DutyTurn",
    "Exclusion",
    "FileShare",
    "FilterWatch",
    "Involvement",
    "LadderVersion",
    "LegEvent",
    "LegalHold",
    "MatchCandidate",
    "MatchDecision",
    "MatchKey",
    "NameWord",
    "Note",
    "PaperBatch",
    "PaperForm",
    "Person",
    "Probe",
    "ReaderDay",
    "Reassessment",
    "Referral",
    "Report",
    "Retention",
    "RetentionSchedule",
    "SavedFilter",
    "SearchDocument",
    "StaffHome",
    "StruckMark",
    "Task",
    "TriagePreference",
    "Unsealing",
    "WarningRead",
]
