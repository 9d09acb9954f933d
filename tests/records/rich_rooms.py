"""The rows of files, body maps, reads and subject access, for the concern of `rich`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from concerns.models import (
    AccessCandidate,
    AccessCheck,
    AccessComplaint,
    AccessItem,
    AccessLeave,
    AccessPause,
    AccessRedaction,
    AccessRequest,
    Attachment,
    BodyMark,
    Concern,
    ConcernLink,
    Correspondence,
    CuriosityFinding,
    CuriosityReason,
    DataRight,
    FileShare,
    Note,
    Referral,
    StruckMark,
    Unsealing,
    WarningRead,
)
from safeguarding_portal.files import store, uploads
from safeguarding_portal.files.models import StoredFile, StoredObject
from safeguarding_portal.files.objects import write_object
from safeguarding_portal.files.services import Received, keep
from tests.records.conftest import LONG_AGO, Keepers
from tests.records.rich import Words

DAY = LONG_AGO.date()
ROLE = StoredObject.Role


def add_rooms(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    """Give a concern a row in every table of these rooms; the other keeps what is its own."""
    for part in (_files, _marks, _reads, _asked):
        part(keepers, word, concern, other)


def _files(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    report, reporter, lead = concern.report, concern.report.reporter, keepers.lead
    said = Correspondence.objects.filter(report=report)
    owners: dict[str, dict[str, Any]] = {
        "report": {"draft": report.draft},
        "addition": {"correspondence": said.get(from_reporter=True)},
        "message": {},
        "reply": {"correspondence": said.get(from_reporter=False), "concern": concern},
        "note": {"note": Note.objects.get(concern=concern), "concern": concern},
    }
    for part, owner in owners.items():
        _attach(word, part, keepers, report=report, **owner)
    attachment = Attachment.objects.get(report=report, part="report")
    for way in ("addition", "report"):
        of = report.reference if way == "addition" else report.draft_id
        new = uploads.NewUpload(word(f"upload {way}"), 99)
        begun = uploads.start(reporter, f"{way}:{of}", new, timezone.now())
        uploads.add_part(begun.pk, reporter, 0, word(f"sealed part {way}").encode())
    FileShare.objects.create(
        attachment=attachment,
        referral=Referral.objects.filter(concern=concern)[0],
        shared_by=lead,
        shared_at=LONG_AGO,
    )
    Unsealing.objects.create(
        attachment=attachment,
        person=lead,
        concern=concern,
        reason=word("unsealing"),
        unsealed_at=LONG_AGO,
    )
    WarningRead.objects.create(draft=report.draft, person=reporter, read_at=LONG_AGO)


def _attach(word: Words, part: str, keepers: Keepers, **owner: Any) -> None:
    """Keep a picture with a copy, a preview and words beside its original, all of them sealed."""
    sealed = store.seal([word(f"sealed {part}").encode()])
    file = keep(Received(word(f"file {part}"), "jpeg", sealed), keepers.lead, LONG_AGO, part)
    StoredFile.objects.filter(pk=file.pk).update(
        state="clean", scanned_at=LONG_AGO, preview="ready", next_try_at=None
    )
    for role in (ROLE.COPY, ROLE.PAGE, ROLE.TEXT):
        write_object(store.seal([word(f"sealed {role} of {part}").encode()]), role, file=file)
    Attachment.objects.create(
        part=part,
        file=file,
        added_by=keepers.lead,
        name=file.name,
        kind=file.kind,
        size=file.size,
        sha256=file.sha256,
        created_at=LONG_AGO,
        sent_at=LONG_AGO,
        **owner,
    )


def _marks(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    by = {"concern": concern, "author": keepers.lead, "created_at": LONG_AGO}
    data = {"looks": word("mark looks"), "seen_by": word("mark seen"), "said": word("mark said")}
    BodyMark.objects.create(number=1, data=data, from_reporter=False, **by)
    StruckMark.objects.create(number=1, reason=word("struck"), **by)


def _reads(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    """A reviewed finding: its signal was seen on this concern, on one gone before, and another."""
    finding = CuriosityFinding.objects.create(
        reader=keepers.lead,
        day=DAY,
        score=9,
        rules_version="test",
        found_at=LONG_AGO,
        due_at=LONG_AGO,
        reviewer=keepers.auditor,
        reviewed_at=LONG_AGO,
        outcome="explained",
        words="What the reviewer found",
    )
    for about, event in ((concern, 1), (None, 2), (other, 3)):
        CuriosityReason.objects.create(
            finding=finding, signal="own_address", points=3, concern=about, event_ids=[event]
        )


def _asked(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    request = _request(keepers, word, concern)
    person = concern.involvements.first()
    found = {"request": request, "state": "confirmed", "decided_by": keepers.officer}
    AccessCandidate.objects.create(
        concern=concern, involvement=person, group="1", reason=word("candidate"), **found
    )
    AccessLeave.objects.create(
        request=request, concern=concern, user=keepers.officer, granted_at=LONG_AGO,
        announced_at=LONG_AGO, ended_at=LONG_AGO,
    )  # fmt: skip
    link = ConcernLink.objects.get(why=word.given["link"])
    for key, of in (
        ("note:1", {"concern": concern, "report": concern.report}),
        ("report:1", {"report": concern.report}),
        (f"draft:{concern.report.draft_id}", {}),
        (f"link:{link.pk}", {"concern": other, "report": other.report}),
    ):
        item = AccessItem.objects.create(
            request=request,
            source="note",
            key=key,
            title="Note",
            text=word(f"copy {key[:5]}"),
            released=word(f"released {key[:5]}"),
            reason=word(f"item {key[:5]}"),
            gathered_at=LONG_AGO,
            **of,
        )
        AccessRedaction.objects.create(
            item=item, words=word(f"taken out {key[:5]}"), exemption="informant", made_at=LONG_AGO
        )
    for about, words in ((concern, word), (other, Words("qzkept"))):
        _right(keepers, words, about, request)


def _request(keepers: Keepers, word: Words, concern: Concern) -> AccessRequest:
    request = AccessRequest.objects.create(
        reference="REQ-GONE",
        state="sent",
        received_on=DAY,
        received_how=word("received how"),
        requester="parent",
        requester_name=word("requester"),
        requester_contact=word("contact"),
        authority=word("authority"),
        name=word("asked about"),
        aliases=word("alias"),
        born=DAY - timedelta(days=4000),
        address=word("their address"),
        nhs="9991234567",
        phones=word("phones"),
        about=word("what they ask"),
        identity_how=word("identity"),
        extended_why=word("extended"),
        changes_left_out=word("left out"),
        created_at=LONG_AGO,
        created_by=keepers.officer,
        officer=keepers.officer,
        ended_at=LONG_AGO,
        ended_by=keepers.officer,
        ended_words=word("handed over"),
    )
    on = {"request": request}
    AccessPause.objects.create(
        **on, question=word("question"), answer=word("answer"), asked_on=DAY, answered_on=DAY,
        asked_by=keepers.officer,
    )  # fmt: skip
    AccessCheck.objects.create(
        **on, asked_by=keepers.officer, asked_at=LONG_AGO, checker=keepers.second,
        answered_at=LONG_AGO, agreed=False, words=word("check"),
    )  # fmt: skip
    AccessComplaint.objects.create(
        **on, received_on=DAY, text=word("complaint"), recorded_by=keepers.officer,
        acknowledge_by=DAY, outcome=word("complaint answered"), answered_on=DAY,
    )  # fmt: skip
    return request


def _right(keepers: Keepers, word: Words, concern: Concern, request: AccessRequest) -> None:
    DataRight.objects.create(
        concern=concern,
        request=request,
        kind="restrict",
        asked_by=word("right by"),
        received_on=DAY,
        due_on=DAY,
        what=word("right what"),
        statement=word("right statement"),
        recorded_by=keepers.officer,
        recorded_at=LONG_AGO,
        decision="agreed",
        reason=word("right reason"),
        correction=word("correction of a right"),
        decided_by=keepers.officer,
        decided_at=LONG_AGO,
        ended_at=LONG_AGO,
        ended_why=word("right ended"),
    )
