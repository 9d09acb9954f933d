"""Opening one concern per person at risk, with all that hangs on each, in a few INSERTs.

The number of statements is the same for one person and for five.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from concerns.clockface import FRONT_DOOR
from concerns.journey.statement import InvolvementData, others, recorded_calls, subjects
from concerns.models import AccessGrant, Call, Clock, Concern, Involvement, Referral
from concerns.selectors.body_map import filed_marks
from concerns.services.access import access_review_clock
from concerns.services.ledger import CALL_NOW
from concerns.services.match_keys import remember_identities
from concerns.services.notices import notice, people_in_roles, reserve_roles
from concerns.services.probe import synthetic_team
from concerns.services.routing import due_call, start_referral
from concerns.services.search_index import index_concerns
from safeguarding_portal.accounts.machines import is_machine
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.audit.services import NewEvent
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from concerns.journey.answers import Answers
    from concerns.models import Report
    from concerns.rules import Assessment, PersonAssessment, Route


def open_concerns(
    report: Report,
    answers: Answers,
    assessment: Assessment,
    excluded: set[int],
    now: datetime,
) -> list[Concern]:
    """Write the concerns of a report; return them in the order of the people in it."""
    is_real = not is_machine(report.reporter)
    if is_real:
        teams = list(Team.objects.filter(is_active=True))
    else:
        teams, assessment = [synthetic_team()], replace(assessment, clocks=())
    concerns = [
        _new_concern(report, number, person, assessment, teams)
        for number, person in enumerate(assessment.people, start=1)
    ]
    Concern.objects.bulk_create(concerns)
    people = _involvements(concerns, assessment, answers)
    Involvement.objects.bulk_create([involvement for involvement, _ in people])
    index_concerns(concerns, [involvement for involvement, _ in people])
    if is_real:
        remember_identities(people, answers, now)
    called = {call.agency_slug for call in recorded_calls(answers)}
    has_called = FRONT_DOOR in called
    clocks = [
        Clock(
            concern=concerns[clock.person],
            slug=clock.slug,
            label=clock.label,
            due_at=clock.due_at,
            why=clock.why,
            source=clock.source,
            met_at=now if clock.slug == CALL_NOW and has_called else None,
        )
        for clock in assessment.clocks
    ]
    if report.restricted and is_real:
        clocks += [access_review_clock(concern, now) for concern in concerns]
    Clock.objects.bulk_create(clocks)
    messages = _refer(concerns, answers, assessment, now)
    messages += _tell_the_council(report, concerns, excluded, now)
    enqueue_many(messages)
    return concerns


def opened(concern: Concern, report: Report) -> Iterable[NewEvent]:
    """Yield the audit events of a concern that was just opened."""
    yield NewEvent(
        name="concern.opened",
        actor_label="rules",
        concern_id=concern.pk,
        report_id=report.pk,
        detail={"priority": concern.priority, "group": concern.group},
    )
    if marks := filed_marks(concern):
        yield NewEvent(
            name="body_map.recorded",
            actor=report.reporter,
            concern_id=concern.pk,
            report_id=report.pk,
            detail={"marks": len(marks)},
        )


def _new_concern(
    report: Report,
    number: int,
    person: PersonAssessment,
    assessment: Assessment,
    teams: list[Team],
) -> Concern:
    due = [
        clock.due_at
        for clock in assessment.clocks
        if clock.person == number - 1 and clock.slug != CALL_NOW
    ]
    return Concern(
        report=report,
        number=number,
        reference=f"{report.reference}-{number}",
        group=person.group,
        categories=list(person.categories),
        flags=list(person.flags),
        priority=person.priority,
        team=team_for(person.group, report.reporter, teams),
        restricted=report.restricted,
        is_synthetic=is_machine(report.reporter),
        assessment=person.to_dict(),
        received_at=report.received_at,
        next_due_at=min(due, default=None),
    )


def team_for(group: str, reporter: User, teams: list[Team]) -> Team:
    """Return the team that triages a group: that of the reporter's directorate, else the council's.

    Raises `LookupError` when the council has no team at all.
    """
    wanted = Team.Group.CHILDREN if group == Concern.Group.CHILD else Team.Group.ADULTS
    # Without a fitting team any team is better than none: somebody must answer for it.
    fitting = [team for team in teams if team.group in (wanted, Team.Group.BOTH)] or teams
    if not fitting:
        raise LookupError("No team is active: a concern needs somebody to answer for it.")

    def nearness(team: Team) -> tuple[bool, bool, bool, int]:
        same = team.directorate_id == reporter.directorate_id and team.directorate_id is not None
        return (not same, team.directorate_id is not None, team.group != wanted, team.pk)

    return min(fitting, key=nearness)


def _involvements(
    concerns: list[Concern], assessment: Assessment, answers: Answers
) -> list[tuple[Involvement, str]]:
    """Return who each concern is about and the others who are named on all of them.

    Each with the page of the journey that names them.
    """
    filed = concerns[0].report.statement
    about, named = subjects(answers, filed), others(answers, filed)
    return [
        (
            Involvement(
                concern=concern,
                part=data.part,
                name=data.name[:200],
                details=data.details,
                staff_member_id=data.staff_user_id,
            ),
            data.key,
        )
        for concern, person in zip(concerns, assessment.people, strict=True)
        for data in (about.get(person.ref, InvolvementData("subject", "")), *named)
    ]


def _refer(
    concerns: list[Concern], answers: Answers, assessment: Assessment, now: datetime
) -> list[NewMessage]:
    """Write referrals and calls; return the messages that carry the required referrals."""
    referrals = [
        _new_referral(concerns[route.person], route, now)
        for route in assessment.routes
        if route.requirement != "not_needed"
    ]
    messages = [
        message
        for referral in referrals
        if referral.state == Referral.State.SENT
        and (message := start_referral(referral, referral.concern, now)) is not None
    ]
    Referral.objects.bulk_create(referrals)
    waiting = [referral for referral in referrals if referral.is_open]
    calls = [call for item in waiting if (call := due_call(item, item.concern, now)) is not None]
    calls += [
        Call(
            concern=concerns[0],
            agency_slug=call.agency_slug,
            made_at=now,
            made_by=concerns[0].report.reporter,
            spoke_to=call.spoke_to,
            agency_reference=call.agency_reference,
            outcome=f"Reported with the concern. When: {call.when or 'not said'}",
            recorded_at=now,
        )
        for call in recorded_calls(answers)
    ]
    Call.objects.bulk_create(calls)
    return messages


def _new_referral(concern: Concern, route: Route, now: datetime) -> Referral:
    """Return an unsaved referral: on its way if required, waiting for a lead if offered."""
    required = route.requirement == "required"
    state = Referral.State.SENT if required else Referral.State.OFFERED
    if "done" in route.marks:
        state = Referral.State.DONE
    return Referral(
        concern=concern,
        agency_slug=route.agency,
        required=required,
        state=state,
        reasons=list(route.reasons),
        rule_ids=list(route.rule_ids),
        marks=list(route.marks),
        created_at=now,
        due_at=route.due_at,
    )


def _tell_the_council(
    report: Report, concerns: list[Concern], excluded: set[int], now: datetime
) -> list[NewMessage]:
    """Return the notices to leads and to the reporter; name the readers of a restricted record."""
    messages: list[NewMessage] = []
    grants: list[AccessGrant] = []
    for team in {concern.team_id: concern.team for concern in concerns}.values():
        mine = [concern for concern in concerns if concern.team_id == team.pk]
        readers = [] if mine[0].is_synthetic else readers_for(team, excluded, now)
        if report.restricted:
            grants += [_grant(concern, reader, now) for concern in mine for reader in readers]
        messages += [
            notice(
                reader,
                "new_concern",
                reference=mine[0].reference,
                link=reverse("concerns:triage:concern", args=[mine[0].reference]),
                priority=min(concern.priority for concern in mine),
                key=f"{report.reference}:{team.pk}",
            )
            for reader in readers
        ]
    AccessGrant.objects.bulk_create(grants)
    messages.append(
        notice(
            report.reporter,
            "report_received",
            reference=report.reference,
            link=reverse("concerns:journey:sent", args=[report.reference]),
            priority=report.priority,
            key=report.reference,
        )
    )
    return messages


def readers_for(team: Team, excluded: set[int], now: datetime) -> list[User]:
    """Return the leads of the team without conflict; if none is left, the reserve, in order (R24).

    Whoever is in reserve is told too, and for a restricted record gets its access.
    """
    readers = list(people_in_roles(team, [Role.LEAD], now, excluded).only("email"))
    for role in reserve_roles(team):
        if readers:
            break
        readers = list(people_in_roles(team, [role], now, excluded))
    return readers


def _grant(concern: Concern, reader: User, now: datetime) -> AccessGrant:
    return AccessGrant(
        concern=concern, user=reader, granted_at=now, reason="Lead without conflict of interest"
    )
