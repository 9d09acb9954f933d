"""Concerns in every state, their reports, and the team's own things."""

from __future__ import annotations

from datetime import timedelta

from concerns.models import BreakGlassReview, Concern, Draft, Exclusion, MatchCandidate, Referral
from concerns.services import (
    access,
    checklists,
    contest,
    conversation,
    cover,
    custody,
    decide,
    links,
    paper,
    reclassify,
    saved_filters,
    statement,
    tasks,
)
from concerns.services.contest import NewContest
from concerns.services.decide import Closing
from concerns.services.matching import match_waiting
from concerns.services.routing import hash_secret
from concerns.triage.sections import SECTIONS
from safeguarding_portal.accounts import absences, services
from safeguarding_portal.accounts.models import Absence
from safeguarding_portal.outbox.models import Message
from tests.answers import family
from tests.architecture.world_base import AT, Parts, World, expiry, filed, made, version_of
from tests.factories import make_lead, make_referral
from tests.people.makers import child

SECRET = "secret-of-a-referral"


def triage(world: World) -> None:
    """Two reports about one child with everything a lead can do, and one for each other state."""
    people, team = world.people, world.people.team
    main, twin = filed(world, child()), filed(world, child())
    match_waiting(AT)
    pair = MatchCandidate.objects.get()
    link = links.link_concerns(main, twin, people.owner, "household", "The same house", AT)
    sent = main.referrals.filter(state="sent").first()
    assert sent is not None
    offered, to_do = (
        make_referral(main, agency_slug=slug, required=False, state=state, escalate_at=None)
        for slug, state in (("lado", "offered"), ("cqc", "to_do"))
    )
    clock = main.clocks.filter(met_at=None).first()
    assert clock is not None
    at: Parts = {"reference": main.reference}
    grant = access.grant_access(main.pk, people.owner, people.dcs.pk, "Asked for", None, AT)
    lead = make_lead(team, full_name="Nat Namesake")
    held = Exclusion.objects.create(
        report=main.report, user=lead, kind="held", reason="similar_name"
    )
    task = tasks.add_task(main.pk, people.owner, "Ring school", people.owner.pk, None, AT)
    custody.add_note(main.pk, people.owner, "Rang twice", AT)
    conversation.write_to_reporter(main.pk, people.owner, "feedback", "We are on it", AT)
    raised = contest.contest_as_lead(
        main.pk, people.owner, NewContest("other", "This is urgent"), AT
    )
    facts = reclassify.propose(main.pk, people.owner, {}, version_of(main), AT)
    checklists.answer_checklist(main.pk, people.owner, "child", {}, version_of(main), AT)
    world.fill(
        "concerns:triage:",
        dict.fromkeys(OF_A_CONCERN, at)
        | {
            "accepted": at | {"pk": sent.pk},
            "decide": at | {"pk": offered.pk},
            "done": at | {"pk": to_do.pk},
            "met": at | {"pk": clock.pk},
            "hold": at | {"pk": held.pk},
            "revoke": at | {"pk": grant.pk},
            "match": at | {"pk": pair.pk},
            "link": at | {"pk": link.pk},
            "same_person": at | {"other": twin.reference},
            "outcome": at | {"pk": raised.stages.get().pk},
            "further": at | {"pk": raised.pk},
            "classify": at | {"pk": facts.pk},
            "checklist": at | {"kind": "child"},
            "end_task": at | {"pk": task.pk, "how": "done"},
            "end_task cancel": at | {"pk": task.pk, "how": "cancel"},
        }
        | {f"section {item.slug}": at | {"section": item.slug} for item in SECTIONS},
    )
    _other_states(world)
    _wishes(world)


# Pages and acts of one concern that need nothing but its reference.
OF_A_CONCERN = (
    *("concern", "presence", "take", "call", "note", "close", "grant", "exclude", "restrict"),
    *("new_link", "tell", "danger_read", "contest", "on_hold", "priority"),
    *("agreement", "facts", "add_task", "chronology_file"),
)


def _other_states(world: World) -> None:
    """Concerns that wait for a second lead, are closed, on hold, restricted, broken into."""
    owner = world.people.owner
    closed, waiting, resting, shut = (made(world) for _ in range(4))
    done = Closing("no_further_action", "Nothing more to do")
    decide.close_concern(closed.pk, owner, done, version_of(closed), AT)
    Concern.objects.filter(pk=waiting.pk).update(group="child", categories=["neglect"], priority=2)
    decide.close_concern(waiting.pk, owner, done, version_of(waiting), AT)
    later = AT + timedelta(days=2)
    decide.hold_concern(resting.pk, owner, later, "They are away", version_of(resting), AT)
    access.restrict_concern(shut.pk, owner, "About a councillor", AT)
    breaker = make_lead(world.people.other_team, full_name="Bea Breaker")
    access.break_glass(resting.reference, breaker, "Nobody else is here", 60, AT)
    review = BreakGlassReview.objects.get()
    world.fill(
        "concerns:triage:",
        {
            "reopen": {"reference": closed.reference},
            "answer_closing": {
                "reference": waiting.reference,
                "pk": waiting.approvals.get().pk,
            },
            "withdraw_closing": {"reference": waiting.reference},
            "resume": {"reference": resting.reference},
            "concern restricted": {"reference": shut.reference},
            "section restricted": {"reference": shut.reference, "section": "report"},
            "note restricted": {"reference": shut.reference},
            "open_again": {"reference": shut.reference},
            "take restricted": {"reference": shut.reference},
            "chronology_file restricted": {"reference": shut.reference},
            "concern closed": {"reference": closed.reference},
            "access_review": {"pk": review.pk},
        },
    )


def _wishes(world: World) -> None:
    """A filter that the owner saved, and shares with the team."""
    people = world.people
    kept = saved_filters.save_filter(people.owner, "Late ones", {"view": ["late"]}, None, AT)
    shared = saved_filters.save_filter(people.owner, "Ours", {"view": ["late"]}, people.team, AT)
    names = ("filter_open", "filter_watch", "filter_remove")
    world.fill(
        "concerns:triage:",
        {name: {"pk": kept.pk} for name in names}
        | {f"{name} shared": {"pk": shared.pk} for name in names},
    )


def journey(world: World) -> None:
    """A draft that is whole, and a report that was sent."""
    people = world.people
    draft = Draft.objects.create(owner=people.reporter, answers=family(), expires_at=expiry())
    one: Parts = {"draft_id": draft.pk}
    sent = filed(world).report
    world.fill(
        "concerns:journey:",
        {
            **dict.fromkeys(("resume", "check", "send", "delete"), one),
            "step": one | {"key": "danger"},
            "step person": one | {"key": "person.1"},
            "remove": one | {"key": "person.3"},
            "sent": {"reference": sent.reference},
        },
    )


def reporting(world: World) -> None:
    """A report with word to its reporter, and a disagreement of theirs."""
    people = world.people
    concern = filed(world)
    conversation.write_to_reporter(concern.pk, people.owner, "message", "Which school?", AT)
    raised = contest.contest_as_reporter(
        concern.report_id,
        concern.reference,
        people.reporter,
        NewContest("other", "This is urgent"),
        AT,
    )
    at: Parts = {"reference": concern.report.reference}
    acts = ("report", "message", "add", "call", "danger", "nobody_told_me", "disagree")
    world.fill("concerns:reporter:", {**dict.fromkeys(acts, at), "further": at | {"pk": raised.pk}})


def team(world: World) -> None:
    """Cover, paper forms, a daily statement, an absence, an invitation."""
    people, team = world.people, world.people.team
    turn = cover.add_duty_turn(people.manager, people.owner, team, AT, AT + timedelta(hours=8), AT)
    at: Parts = {"slug": team.slug}
    world.fill(
        "concerns:cover:",
        {"cancel_duty": {"pk": turn.pk}, "team": at, "change": at | {"priority": 2}},
    )
    batch = paper.issue_batch(people.owner, people.other_reporter.email, "Duty desk", 2, AT)
    one: Parts = {"pk": batch.pk}
    form = batch.forms.order_by("number")[0]
    world.fill(
        "concerns:paper:",
        {"batch": one, "pack": one, "held": one, "void": one | {"reference": form.reference}},
    )
    said = statement.write_statement(AT)
    assert said is not None
    day: Parts = {"day": said.day.isoformat()}
    world.fill("concerns:custody:", {"statement": day, "statement_csv": day})
    today = AT.date()
    absences.enter_absence(
        people.owner, absences.NewAbsence(people.owner, today, today + timedelta(days=2)), AT
    )
    invited = services.invite(people.corporate, services.Invitee("new@example.org", "New One"), AT)
    world.fill(
        "accounts:",
        {"withdraw": {"pk": invited.pk}, "cancel_absence": {"pk": Absence.objects.get().pk}},
    )


def agency(world: World) -> None:
    """A referral on its way to an agency, whose link was sent and whose code is about to be."""
    referral = filed(world).referrals.filter(state="sent").first()
    assert referral is not None
    Referral.objects.filter(pk=referral.pk).update(link_hash=hash_secret(SECRET))
    at: Parts = {"secret": SECRET}
    names = ("referral", "code", "accept", "return")
    world.fill(
        "concerns:agency:",
        {
            **dict.fromkeys(names, at),
            "pack": at | {"form": "pdf"},
            "pack json": at | {"form": "json"},
        },
    )


def typed_code() -> str:
    """Return the newest code that the agency's mailbox got."""
    return str(Message.objects.filter(kind="referral_code").latest("id").context["code"])
