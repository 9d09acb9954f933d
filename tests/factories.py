"""Small makers of real rows for tests. All people and stories are invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from concerns.models import Concern, Draft, Involvement, Referral, Report
from safeguarding_portal.accounts.models import Membership, Role, Team, User

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
_numbers = count(1)


def make_user(**fields: Any) -> User:
    """Return an active person without a password."""
    number = next(_numbers)
    values = {
        "email": f"person{number}@example.org",
        "full_name": f"Person Number{number}",
        "job_title": "Officer",
        "work_phone": "0121 496 0123",
    }
    return User.objects.create_user(**{**values, **fields})


def make_team(group: str = Team.Group.CHILDREN, **fields: Any) -> Team:
    """Return an active team."""
    number = next(_numbers)
    return Team.objects.create(
        **{"slug": f"team-{number}", "name": f"Team {number}"} | fields, group=group
    )


def give_role(user: User, role: str, team: Team | None = None, **fields: Any) -> Membership:
    """Give a role that has been in force for long, whatever moment a test looks at."""
    membership = Membership.objects.create(user=user, team=team, role=role, **fields)
    Membership.objects.filter(pk=membership.pk).update(starts_at=datetime(2020, 1, 1, tzinfo=UTC))
    membership.refresh_from_db()
    return membership


def make_lead(team: Team, **fields: Any) -> User:
    """Return a safeguarding lead of the team."""
    user = make_user(**fields)
    give_role(user, Role.LEAD, team)
    return user


def make_report(reporter: User | None = None, **fields: Any) -> Report:
    """Return a report as filed."""
    reporter = reporter or make_user()
    number = next(_numbers)
    draft = Draft.objects.create(
        owner=reporter, expires_at=NOON + timedelta(days=30), submitted_at=NOON
    )
    values: dict[str, Any] = {
        "reference": f"T{number // 10_000:03d}-{number % 10_000:04d}",
        "draft": draft,
        "received_at": NOON,
        "reporter": reporter,
        "reporter_details": {},
        "statement": [{"title": "What happened", "rows": []}],
        "facts": {},
        "assessment": {},
        "priority": 2,
        "rules_version": "test",
        "form_version": "test",
        "directory_version": "test",
        "policies_version": "test",
        "content_hash": "0" * 64,
    }
    return Report.objects.create(**values | fields)


def make_concern(team: Team | None = None, report: Report | None = None, **fields: Any) -> Concern:
    """Return a new concern about a child, held by the team."""
    report = report or make_report(restricted=fields.get("restricted", False))
    number = report.concerns.count() + 1
    values: dict[str, Any] = {
        "report": report,
        "number": number,
        "reference": f"{report.reference}-{number}",
        "group": Concern.Group.CHILD,
        "categories": ["neglect"],
        "priority": report.priority,
        "team": team or make_team(),
        "assessment": {},
        "received_at": report.received_at,
        "next_due_at": report.received_at + timedelta(hours=8),
    }
    concern = Concern.objects.create(**values | fields)
    Involvement.objects.create(concern=concern, part=Involvement.Part.SUBJECT, name="Robin Example")
    return concern


def make_referral(concern: Concern, **fields: Any) -> Referral:
    """Return a referral that was sent to the children's front door and nobody has accepted."""
    values: dict[str, Any] = {
        "concern": concern,
        "agency_slug": "childrens-social-care",
        "required": True,
        "state": Referral.State.SENT,
        "created_at": NOON,
        "due_at": NOON + timedelta(hours=8),
        "escalate_at": NOON + timedelta(hours=1),
    }
    return Referral.objects.create(**values | fields)
