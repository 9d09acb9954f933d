"""Everything that is not in the menu itself, as a table: where, what it is for, and for whom.

The table grants nothing: every page asks for itself. It only spares people the doors that are
closed to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings

from safeguarding_portal.accounts.models import Role

EVERYBODY: frozenset[str] = frozenset()
ABOVE = frozenset({Role.CORPORATE_LEAD, Role.DCS, Role.DASS})
MANAGERS = ABOVE | {Role.TRIAGE_MANAGER}
CASE_WORK = MANAGERS | {Role.LEAD}
RECORDS = frozenset({Role.RECORDS_OFFICER, Role.CORPORATE_LEAD})


@dataclass(frozen=True)
class Door:
    """One page: the name of its address, its name for people, what it is for, and which roles."""

    url_name: str
    label: str
    what_for: str
    roles: frozenset[str] = EVERYBODY
    # The setting without which the page is not there.
    needs: str = ""


DOORS: tuple[tuple[str, tuple[Door, ...]], ...] = (
    (
        "You",
        (
            Door("accounts:absences", "When you are away", "Say who stands in for you"),
            Door("policies:to_confirm", "Policies to read", "What you are asked to confirm"),
            Door("accounts:your_sign_in", "Your sign-in", "Password, second factor, where you did"),
        ),
    ),
    (
        "Concerns",
        (
            Door(
                "concerns:triage:work", "My work", "Your tasks, and what you are asked", CASE_WORK
            ),
            Door("concerns:triage:search", "Search concerns", "Those you may see", CASE_WORK),
            Door("concerns:cover:overview", "Cover", "Who answers for what, and when", CASE_WORK),
            Door("concerns:paper:batches", "Paper forms", "For an outage", CASE_WORK),
            Door(
                "concerns:triage:break_glass",
                "Open a concern in an emergency",
                "One that is not in your list",
                CASE_WORK,
            ),
            Door("concerns:custody:sum", "Custody", "Whether anything is held by nobody", MANAGERS),
            Door(
                "concerns:triage:access_reviews",
                "Access reviews",
                "Was access in an emergency right?",
                ABOVE,
            ),
        ),
    ),
    (
        "Records",
        (
            Door("concerns:records:due", "Due for disposal", "What is kept no longer", RECORDS),
            Door("concerns:records:batches", "Disposal", "Proposed, agreed, done", RECORDS),
            Door("concerns:records:holds", "Legal holds", "What must be kept", RECORDS),
            Door("concerns:records:schedule", "Retention schedule", "How long and why", RECORDS),
            Door("concerns:records:register", "Disposal register", "What was removed", RECORDS),
            Door(
                "concerns:subject_access:requests",
                "Requests for personal data",
                "Subject access: search, redact, check, answer",
                RECORDS,
            ),
        ),
    ),
    (
        "Assurance",
        (
            Door(
                "concerns:assurance:home",
                "Audit trail",
                "Who did and read what",
                frozenset({Role.AUDITOR, Role.CORPORATE_LEAD}),
            ),
            Door(
                "concerns:assurance:findings",
                "Reads to look at",
                "Was it right to read this?",
                ABOVE | {Role.AUDITOR},
            ),
        ),
    ),
    (
        "The portal",
        (
            Door("status", "Is the portal well?", "Whether reports reach agencies now"),
            Door("contacts:posters", "Posters and pocket cards", "The numbers to print"),
            Door(
                "contacts:editing:home",
                "Edit the directory",
                "Numbers, hours, who checked them",
                frozenset({Role.DIRECTORY_EDITOR}),
            ),
            Door(
                "policies:desk",
                "The policies' desk",
                "Drafts, reviews, approval",
                MANAGERS | {Role.POLICY_EDITOR},
            ),
            Door(
                "policies:confirmations",
                "Who has read what",
                "Confirmations of policies",
                MANAGERS | {Role.POLICY_EDITOR},
            ),
            Door(
                "accounts:people",
                "People",
                "Who holds which role, who has left",
                frozenset({Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD}),
            ),
            Door(
                "accounts:invitations",
                "Invitations",
                "Who may open an account",
                frozenset({Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD}),
            ),
            Door(
                "accounts:reset_factor",
                "Reset a second factor",
                "For somebody who lost their phone",
                frozenset({Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD}),
            ),
        ),
    ),
)


def _is_there(door: Door) -> bool:
    return not door.needs or bool(getattr(settings, door.needs))


def _is_for(door: Door, roles: frozenset[str]) -> bool:
    return not door.roles or bool(door.roles & roles)


def doors_for(held: Iterable[str]) -> list[tuple[str, list[Door]]]:
    """Return the groups of pages for somebody who holds these roles; no group is empty."""
    roles = frozenset(held)
    groups = [
        (title, [door for door in doors if _is_there(door) and _is_for(door, roles)])
        for title, doors in DOORS
    ]
    return [(title, doors) for title, doors in groups if doors]
