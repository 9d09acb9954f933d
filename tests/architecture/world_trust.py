"""Files, body maps, requests for personal data, the auditors' room, people and their sign-in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings

from concerns.bodymap.areas import AREAS
from concerns.bodymap.marks import Mark
from concerns.models import CuriosityFinding, CuriosityReason, Draft, Referral
from concerns.selectors.files import Target
from concerns.services import body_map, data_rights
from concerns.services import files as file_acts
from concerns.services import subject_access as requests
from concerns.services.data_rights import NewRight
from concerns.services.file_shares import share_file
from concerns.services.routing import hash_secret
from concerns.services.subject_access import NewRequest
from concerns.services.subject_access_care import record_complaint
from concerns.services.subject_access_gather import ask_for, decide_candidate, gather_waiting
from safeguarding_portal.accounts.models import DirectoryGroup
from safeguarding_portal.audit.exports import ask_for_export
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.trail import TrailQuery
from safeguarding_portal.files import sandbox, uploads
from safeguarding_portal.files.box.main import do
from safeguarding_portal.files.models import StoredFile
from safeguarding_portal.files.services import receive
from safeguarding_portal.files.work import work_on
from tests.architecture.world_base import AT, Parts, World, expiry, filed
from tests.architecture.world_concerns import SECRET
from tests.bodymap.test_draft import WITH_MARKS
from tests.files.samples import picture
from tests.people.makers import child

DAY = AT.date()


def _in_this_process(job: str, chunks: Iterable[bytes]) -> sandbox.Answer:
    """Do the box's work here: the box itself starts slowly, and has tests of its own."""
    limits = {"pixels": settings.FILES_MAX_PIXELS, "unzipped": settings.FILES_MAX_UNZIPPED}
    answer, parts = do(job, b"".join(chunks), limits)
    return sandbox.Answer(**answer, parts=tuple(sandbox.Part(*part) for part in parts))


def files(world: World) -> None:
    """A photo sent with a message, one shared with an agency, one on its way, one in a draft."""
    people = world.people
    leg = Referral.objects.select_related("concern__report").get(link_hash=hash_secret(SECRET))
    concern, report = leg.concern, leg.concern.report
    target = Target("message", report.reference, report.draft_id, report)
    file_acts.read_warning(target, people.reporter, AT)
    item = file_acts.add_file(target, people.reporter, receive([picture()], "arm.jpg"), AT)
    assert item.file_id is not None
    StoredFile.objects.filter(pk=item.file_id).update(
        state="clean", scanned_at=AT, engine="ClamAV", next_try_at=AT
    )
    with patch.object(sandbox, "_ask", _in_this_process):
        work_on(item.file_id, AT)
    file_acts.send_files(target, people.reporter, AT)
    share_file(concern.pk, item.pk, people.owner, [leg.pk], AT)
    begun = uploads.start(
        people.reporter, target.subject, uploads.NewUpload("leg.jpg", 2000, ""), AT
    )
    one: Parts = {"file_id": item.pk}
    of: Parts = {"part": "message", "of": report.reference}
    world.fill(
        "concerns:files:",
        {
            **dict.fromkeys(("page", "download", "picture", "original"), one),
            "shown": one | {"number": 1},
            "start": of,
            "upload": of | {"upload_id": begun.pk},
            "start note": {"part": "note", "of": concern.reference},
        },
    )
    world.fill("concerns:agency:", {"file": one | {"secret": SECRET}})
    world.fill("concerns:triage:", {"share_file": one | {"reference": concern.reference}})


def body_maps(world: World) -> None:
    """A mark in a draft, and one on a record."""
    people = world.people
    draft = Draft.objects.create(owner=people.reporter, answers=WITH_MARKS, expires_at=expiry())
    world.fill(
        "concerns:journey:",
        {
            "files": {"draft_id": draft.pk},
            "body_map": {"draft_id": draft.pk, "person": 1},
            "body_map_mark": {"draft_id": draft.pk, "person": 1, "number": 1},
            "body_map_remove": {"draft_id": draft.pk, "person": 1, "number": 1},
        },
    )
    concern = filed(world)
    mark = body_map.record_mark(concern.pk, people.owner, _mark(), AT)
    at: Parts = {"reference": concern.reference}
    world.fill(
        "concerns:triage:",
        {"add_mark": at, "strike_mark": at | {"number": mark.number}, "printed": at},
    )
    report: Parts = {"reference": concern.report.reference, "record": concern.reference}
    world.fill("concerns:reporter:", {"mark": report})


def _mark() -> Mark:
    area = AREAS[0]
    return Mark(
        number=0,
        figure=area.figures[0],
        view=area.view,
        area=area.slug,
        area_words="Area",
        x=500,
        y=500,
        is_exact=False,
        kind="bruise",
        kind_words="Bruise",
    )


def subject_access(world: World) -> None:
    """A request whose items are collected, one that waits for its check, and a correction."""
    people = world.people
    concern = filed(world, child("Robin Example"))
    new = NewRequest(
        requester="self",
        requester_name="Robin Example",
        received_on=DAY,
        received_how="by letter",
        name="Robin Example",
        born=date(2016, 4, 3),
        address="12 Example Road, B99 1AA",
    )
    request = requests.open_request(people.records, new, AT)
    shown = (request.pk, people.records, "Passport seen", DAY)
    requests.check_identity(*shown, "Letter of authority", AT)
    ask_for(request.pk, people.records, "search", AT)
    gather_waiting(AT)
    found = list(request.candidates.all())
    for row in found:
        decide_candidate(
            request.pk, row.pk, people.records, is_person=True, reason="Same address", now=AT
        )
    ask_for(request.pk, people.records, "collect", AT)
    gather_waiting(AT)
    complaint = record_complaint(request.pk, people.records, "It takes too long", DAY, AT)
    at: Parts = {"reference": request.reference}
    item = request.items.order_by("pk")[0]
    world.fill(
        "concerns:subject_access:",
        {
            **dict.fromkeys(OF_A_REQUEST, at),
            "complaint_answer": at | {"pk": complaint.pk},
            "gather": at | {"kind": "compare"},
            "candidate": at | {"pk": found[0].pk},
            "item": at | {"pk": item.pk},
            "download": at | {"form": "pdf"},
            "download json": at | {"form": "json"},
            "right": at | {"concern": concern.reference},
        },
    )
    said = NewRight("restrict", "Their mother", DAY, "The address is wrong", "Number 14")
    right = data_rights.record_right(concern.pk, people.owner, said, AT)
    of: Parts = {"reference": concern.reference}
    world.fill(
        "concerns:",
        {
            "record_right": of,
            "decide_right": of | {"pk": right.pk},
            "end_restriction": of | {"pk": right.pk},
        },
    )


OF_A_REQUEST = (
    *("request", "take", "ask_identity", "identity", "question", "extend", "refuse", "withdraw"),
    *("complaint", "progress", "found", "items", "ask_check", "take_check", "check", "changes"),
    "handed_over",
)


def auditing(world: World) -> None:
    """A finding about the owner, and an export that the auditor asked for."""
    people = world.people
    concern = filed(world)
    finding = CuriosityFinding.objects.create(
        reader=people.owner,
        day=DAY - timedelta(days=1),
        score=60,
        rules_version="test",
        found_at=AT,
        due_at=AT + timedelta(days=3),
    )
    event = Event.objects.filter(concern_id=concern.pk).order_by("pk")[0]
    CuriosityReason.objects.create(
        finding=finding, signal="own_name", points=60, concern=concern, event_ids=[event.pk]
    )
    query = TrailQuery(AT - timedelta(days=1), AT, actor_id=people.owner.pk)
    chosen: dict[str, Any] = {
        "person": people.owner.pk,
        "since": query.since.isoformat(),
        "until": query.until.isoformat(),
        "kinds": [],
        "address": "",
    }
    export = ask_for_export(people.auditor, query, chosen, "csv", "A complaint", AT)
    world.fill(
        "concerns:assurance:",
        {
            "person": {"pk": people.owner.pk},
            "record": {"reference": concern.reference},
            "finding": {"pk": finding.pk},
            "exported": {"pk": export.pk},
            "export_file": {"pk": export.pk},
        },
    )


def accounts(world: World) -> None:
    """The page of a colleague with a role, of a leaver, and a group of the council's directory."""
    people = world.people
    colleague: Parts = {"pk": people.team_lead.pk}
    held = people.team_lead.memberships.get()
    pages = ("person", "change_person", "give_role", "close_account")
    factor = TOTP.activate(people.owner, generate_totp_secret()).instance
    world.fill(
        "accounts:",
        {
            **dict.fromkeys(pages, colleague),
            "end_role": colleague | {"number": held.pk},
            "reopen_account": {"pk": people.leaver.pk},
            "remove_factor": {"pk": factor.pk},
        },
    )
    group = DirectoryGroup.objects.create(external_id="g-1", name="Leads")
    world.fill("scim:", {"user": colleague, "group": {"pk": group.pk}})
