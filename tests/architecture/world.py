"""A small council with one real record of every kind, and which record fills which address.

Made through the services wherever one makes it, so that a page finds what it would find in life.
The access table (`access_table.py`) opens every address with it, as everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from concerns.models import (
    Concern,
    Draft,
    Exclusion,
    MatchCandidate,
    Referral,
    Report,
)
from concerns.services import (
    access,
    checklists,
    contest,
    conversation,
    custody,
    decide,
    disposal,
    holds,
    links,
    paper,
    reclassify,
    retention,
    saved_filters,
    statement,
    tasks,
)
from concerns.services import cover as cover_acts
from concerns.services.contest import NewContest
from concerns.services.decide import Closing
from concerns.services.matching import match_waiting
from concerns.services.routing import hash_secret
from concerns.services.submit import submit_report
from concerns.triage.sections import SECTIONS
from contacts import care, changes
from contacts.selectors import current_directory
from contacts.services import publish_version
from contacts.editing.exchange import COLUMNS
from policies.models import Document, NationalSource, PolicyVersion
from policies.services import drafts
from policies.services.load import load_shipped
from safeguarding_portal.accounts import absences, services
from safeguarding_portal.accounts.models import Absence
from safeguarding_portal.outbox.models import Message
from tests.answers import CHILD
from tests.architecture.people import People, make_people
from tests.contacts.conftest import shipped_document
from tests.factories import NOON, make_concern, make_lead, make_referral, make_report
from tests.people.makers import child
from tests.records.conftest import LONG_AGO, closed_concern

AT = NOON
# When everybody knocks.
SEEN_AT = NOON + timedelta(minutes=30)
MAILBOX = "childrens-social-care"
# Of which line two sources say two things.
CONFLICT = ("asc-out-of-hours", "number")
EXPORTS = ("json", *COLUMNS)
SECRET = "secret-of-a-referral"  # noqa: S105 - the world's own
Parts = dict[str, object]


@dataclass
class World:
    """The people, and the parts of addresses by name; a key with a space names a second record."""

    people: People
    parts: dict[str, Parts] = field(default_factory=dict)
    code: str = ""

    def fill(self, prefix: str, pages: Mapping[str, Parts]) -> None:
        """Say which records the addresses of a room are opened with."""
        self.parts.update({f"{prefix}{name}": dict(parts) for name, parts in pages.items()})


def make_world() -> World:
    """Make everything. Takes about a second; nothing is committed."""
    publish_version(shipped_document(), AT - timedelta(days=30))
    load_shipped(AT - timedelta(days=30))
    world = World(make_people())
    for part in (_triage, _journey, _reporting, _team, _records, _directory, _policies, _agency):
        part(world)
    return world


def _filed(world: World, raw: Any = CHILD) -> Concern:
    """File a report of the reporter's that the owner takes, and keep one lead of the team out."""
    people = world.people
    draft = Draft.objects.create(
        owner=people.reporter, answers=raw, expires_at=AT + timedelta(days=30)
    )
    return _kept(world, submit_report(draft.pk, people.reporter, AT).concerns.get())


def _made(world: World, **fields: Any) -> Concern:
    """Make a concern that needs no second pair of eyes, owned as the filed one is."""
    values: dict[str, Any] = {"group": "adult_at_risk", "categories": ["financial"], "priority": 3}
    report = make_report(world.people.reporter, received_at=AT)
    return _kept(world, make_concern(world.people.team, report, **values | fields))


def _kept(world: World, concern: Concern) -> Concern:
    people = world.people
    access.exclude_person(concern.pk, people.team_lead, people.excluded_lead.pk, "kin", AT)
    concern.refresh_from_db()
    return custody.take_concern(concern.pk, people.owner, concern.version, AT)


def _version(concern: Concern) -> int:
    return Concern.objects.values_list("version", flat=True).get(pk=concern.pk)


def _triage(world: World) -> None:
    """Two reports about one child with everything a lead can do, and one for each other state."""
    people, team = world.people, world.people.team
    main, twin = _filed(world, child()), _filed(world, child())
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
    at = {"reference": main.reference}
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
    facts = reclassify.propose(main.pk, people.owner, {}, _version(main), AT)
    checklists.answer_checklist(
        main.pk, people.owner, "child", {}, _version(main), AT
    )
    world.fill(
        "concerns:triage:",
        {name: at for name in OF_A_CONCERN}
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
            "outcome": at | {"pk": raised.pk},
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
    """Concerns that wait for a second lead, are closed, on hold, restricted, or were broken into."""
    owner = world.people.owner
    closed, waiting, resting, shut = (_made(world) for _ in range(4))
    done = Closing("no_further_action", "Nothing more to do")
    decide.close_concern(closed.pk, owner, done, _version(closed), AT)
    Concern.objects.filter(pk=waiting.pk).update(group="child", categories=["neglect"], priority=2)
    decide.close_concern(waiting.pk, owner, done, _version(waiting), AT)
    later = AT + timedelta(days=2)
    decide.hold_concern(resting.pk, owner, later, "They are away", _version(resting), AT)
    access.restrict_concern(shut.pk, owner, "About a councillor", AT)
    breaker = make_lead(world.people.other_lead.memberships.get().team, full_name="Bea Breaker")
    access.break_glass(resting.reference, breaker, "Nobody else is here", 60, AT)
    review = access.BreakGlassReview.objects.get()
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
    shared = saved_filters.save_filter(
        people.owner, "Ours", {"view": ["late"]}, people.team, AT
    )
    names = ("filter_open", "filter_watch", "filter_remove")
    world.fill(
        "concerns:triage:",
        {name: {"pk": kept.pk} for name in names}
        | {f"{name} shared": {"pk": shared.pk} for name in names},
    )


def _journey(world: World) -> None:
    """A draft that is whole, and a report that was sent."""
    people = world.people
    draft = Draft.objects.create(
        owner=people.reporter, answers=child(), expires_at=AT + timedelta(days=30)
    )
    one: Parts = {"draft_id": draft.pk}
    sent = _filed(world).report
    world.fill(
        "concerns:journey:",
        {
            **dict.fromkeys(("resume", "check", "send", "delete"), one),
            "step": one | {"key": "danger"},
            "step person": one | {"key": "person.1"},
            "remove": one | {"key": "person.1"},
            "sent": {"reference": sent.reference},
        },
    )


def _reporting(world: World) -> None:
    """A report with word to its reporter, and a disagreement of theirs."""
    people = world.people
    concern = _filed(world)
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


def _team(world: World) -> None:
    """Cover, paper forms, a daily statement, an absence, an invitation."""
    people, team = world.people, world.people.team
    turn = cover_acts.add_duty_turn(
        people.manager, people.owner, team, AT, AT + timedelta(hours=8), AT
    )
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
    made = statement.write_statement(AT)
    assert made is not None
    day: Parts = {"day": made.day.isoformat()}
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


def _records(world: World) -> None:
    """Records due for disposal: to review, in a batch, held; and a change of the schedule."""
    people = world.people
    due, batched, done, held = (
        closed_concern(people.team, report=make_report(people.reporter, received_at=LONG_AGO))
        for _ in range(4)
    )
    hold = holds.hold_record(held.reference, "report", people.records, "An inquiry", AT)
    retention.work_out(AT)
    long_before = AT - timedelta(days=9)
    last = disposal.propose_batch(people.records, [done.reference], long_before)
    disposal.approve_batch(last.pk, people.second_records, AT - timedelta(days=8))
    disposal.dispose_due(AT)
    batch = disposal.propose_batch(people.records, [batched.reference], AT)
    change = retention.propose_row(people.records, "adult.other", [8], "Line 12", "Longer", AT)
    at: Parts = {"reference": due.reference}
    one: Parts = {"pk": batch.pk}
    world.fill(
        "concerns:records:",
        {
            "review": at,
            "hold_record": at,
            **dict.fromkeys(("batch", "answer", "stop"), one),
            "batch done": {"pk": last.pk},
            "certificate": {"pk": last.pk},
            "lift": {"pk": hold.pk},
            "proposal": {"pk": change.pk},
            "change": {"row": "adult.other"},
        },
    )


def _directory(world: World) -> None:
    """A draft, a proposed, a scheduled and an urgent change; a mailbox that waits for an answer."""
    editor = world.people.directory_editor
    draft = changes.start_change(editor, "Saturday opening", None, AT)
    row = care.find_row(current_directory(AT), "mailbox", MAILBOX, AT)
    assert row is not None
    care.set_care(row, editor, 90, editor, AT)
    check = care.send_canary(row, editor, AT)
    version = draft.base.slug
    one: Parts = {"pk": draft.pk}
    channel: Parts = {"kind": "line", "slug": "cass"}
    world.fill("contacts:", {"agency": {"slug": "childrens-social-care"}})
    world.fill(
        "contacts:",
        {
            "poster": {"slug": "council", "size": "a4"},
            "poster_text": {"slug": "council"},
        },
    )
    world.fill(
        "contacts:editing:",
        {
            **dict.fromkeys(OF_A_CHANGE, one),
            **dict.fromkeys(("version", "roll_back"), {"slug": version}),
            **dict.fromkeys(("agency", "remove_agency"), one | {"slug": "childrens-social-care"}),
            **dict.fromkeys(
                ("line", "remove_line", "christmas", "new_conflict"), one | {"slug": "cass"}
            ),
            "week": one | {"slug": "childrens-social-care"},
            "conflict": one | {"slug": CONFLICT[0], "field": CONFLICT[1]},
            "confirm": {"pk": check.pk},
            **dict.fromkeys(("channel", "owner", "call"), channel),
            "canary": {"slug": "lado"},
            **{f"export {kind}".replace(" json", ""): one | {"slug": kind} for kind in EXPORTS},
        },
    )


OF_A_CHANGE = (
    *("change", "change_start", "propose", "approve", "approve_afterwards", "reject", "reopen"),
    *("discard", "publish_urgently", "new_agency", "new_line", "cancel", "preview", "bring_in"),
)


def _policies(world: World) -> None:
    """Policies in force, and a draft of the next version of one and of a new document."""
    editor = world.people.policy_editor
    document = Document.objects.get(slug="kinds-of-harm")
    draft = drafts.start_draft(document.pk, editor, AT)
    fresh = drafts.create_document(editor, "Bruises", "guidance", "Of bruises", AT)
    section = draft.sections.order_by("position")[0]
    kept = PolicyVersion.objects.latest("id")
    at: Parts = {"slug": document.slug}
    one: Parts = {"pk": draft.pk}
    number = at | {"number": 1}
    text = one | {"anchor": section.anchor}
    world.fill(
        "policies:",
        {
            **dict.fromkeys(OF_A_DOCUMENT, at),
            **dict.fromkeys(OF_A_VERSION, one),
            **dict.fromkeys(("edit_section", "remove_section", "move_section"), text),
            **dict.fromkeys(("version", "changes"), number),
            "section": at | {"anchor": section.anchor},
            "as_kept": {"version": kept.slug},
            "check_source": {"slug": NationalSource.objects.all()[0].slug},
            "desk_document unpublished": {"slug": fresh.document.slug},
            "document unpublished": {"slug": fresh.document.slug},
        },
    )


OF_A_DOCUMENT = (
    *("desk_document", "settings", "begin_draft", "import", "retire", "bring_back"),
    *("document", "confirm", "history"),
)
OF_A_VERSION = (
    *("draft", "draft_changes", "add_section", "discard", "submit", "approve", "return"),
    *("publish", "cancel"),
)


def _agency(world: World) -> None:
    """A referral on its way to an agency, whose link was sent and whose code is about to be."""
    referral = _filed(world).referrals.filter(state="sent").first()
    assert referral is not None
    Referral.objects.filter(pk=referral.pk).update(link_hash=hash_secret(SECRET))
    at: Parts = {"secret": SECRET}
    names = ("referral", "code", "accept", "return")
    world.fill(
        "concerns:agency:",
        {**dict.fromkeys(names, at), "pack": at | {"form": "pdf"}, "pack json": at | {"form": "json"}},
    )


def typed_code() -> str:
    """Return the newest code that the agency's mailbox got."""
    return str(Message.objects.filter(kind="referral_code").latest("id").context["code"])
