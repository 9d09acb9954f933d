"""A concern with a word of its own in every place where anybody can type. All of it is invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.cache import cache

from concerns.models import (
    AccessGrant,
    AgencyCode,
    Approval,
    Bell,
    BellWarning,
    BreakGlassReview,
    Bundle,
    BundleItem,
    Call,
    ChecklistAnswer,
    Concern,
    ConcernLink,
    Contest,
    ContestStage,
    Correspondence,
    CustodyGap,
    Decision,
    Draft,
    Exclusion,
    FilterWatch,
    LegalHold,
    LegEvent,
    MatchCandidate,
    MatchDecision,
    MatchKey,
    Note,
    PaperBatch,
    PaperForm,
    Person,
    Reassessment,
    Referral,
    Report,
    SavedFilter,
    Task,
)
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import KeptPage, User
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.outbox.models import Message, Receipt
from tests.answers import CHILD, Raw, changed
from tests.factories import make_user
from tests.records.conftest import LONG_AGO, Keepers


class Words:
    """Gives a word that stands nowhere else, and remembers it."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.given: dict[str, str] = {}
        self._numbers: Iterator[int] = count(1)

    def __call__(self, place: str) -> str:
        """Return a new word for a place."""
        letters = "".join("abcdefghij"[int(digit)] for digit in f"{next(self._numbers):04d}")
        word = f"{self.mark}{letters}"
        self.given[place] = word
        return word


def answers(word: Words) -> Raw:
    """Return a report with a word in every box of these pages."""
    return changed(
        CHILD,
        person__1={
            "name": [word("name")],
            "group": ["child"],
            "age": ["7"],
            "communication": [word("communication")],
        },
        where__1={
            "lives": ["birmingham"],
            "now": ["home"],
            "address": [f"12 {word('address')} Road, B99 1AA"],
            "place": [word("place")],
        },
        what_happened={
            "account": [f"They said {word('account')} and then {word('account too')}."],
            "known": ["seen"],
            "ongoing": ["yes"],
        },
        harm_by__1={"relation": ["parent_carer"], "reach": ["yes"], "name": [word("alleged")]},
        household={"who": ["children"]},
        affected__1={"name": [word("housemate")], "age": ["3"]},
        more__1={"school": [word("school")], "nhs": ["999 123 4567"]},
        safe_contact__1={"way": [word("way")], "never": [word("never")]},
    )


def file(reporter: User, raw: Raw, now: datetime) -> Report:
    """File a report."""
    draft = Draft.objects.create(owner=reporter, answers=raw, expires_at=now + timedelta(days=30))
    return submit_report(draft.pk, reporter, now)


def rich_concern(keepers: Keepers, word: Words, other: Concern) -> Concern:
    """File a report and give its concern a row in every table, long closed, with nothing open."""
    report = file(make_user(), answers(word), LONG_AGO)
    concern = report.concerns.get()
    for part in (_work, _said, _access, _people, _custody, _searched):
        part(keepers, word, concern, other)
    _close(concern)
    return concern


def _work(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    lead, on = keepers.lead, {"concern": concern}
    reassessment = Reassessment.objects.create(
        **on,
        asked_by=lead,
        asked_at=LONG_AGO,
        corrections={"person": {"override_reason": word("correction")}},
        proposal={"said": word("proposal")},
        rules_version="test",
    )
    approval = Approval.objects.create(
        **on,
        rule_id="EYES.child",
        outcome="no_further_action",
        words=word("closing"),
        asked_by=lead,
        asked_at=LONG_AGO,
        state="approved",
        answered_by=keepers.corporate,
        answered_at=LONG_AGO,
        answer=word("closing answered"),
    )
    Decision.objects.create(
        **on,
        kind="close",
        decided_by=lead,
        decided_at=LONG_AGO,
        reason=word("decision"),
        before={"was": word("before")},
        after={"is": word("after")},
        reassessment=reassessment,
        approval=approval,
        rules_version="test",
        version=2,
    )
    ChecklistAnswer.objects.create(
        **on,
        kind="child",
        prompt="seen",
        answer="yes",
        note=word("checklist"),
        answered_by=lead,
        answered_at=LONG_AGO,
    )
    Task.objects.create(
        **on,
        words=word("task"),
        owner=lead,
        created_by=lead,
        created_at=LONG_AGO,
        state="done",
        ended_at=LONG_AGO,
        ended_by=lead,
        end_note=word("task ended"),
    )
    Note.objects.create(**on, author=lead, text=word("note"), created_at=LONG_AGO)
    bundle = Bundle.objects.create(name=word("bundle"), created_by=lead, created_at=LONG_AGO)
    BundleItem.objects.create(bundle=bundle, **on, added_by=lead, added_at=LONG_AGO)


def _said(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    report, lead = concern.report, keepers.lead
    for from_reporter, author in ((True, report.reporter), (False, lead)):
        Correspondence.objects.create(
            report=report,
            concern=None if from_reporter else concern,
            author=author,
            from_reporter=from_reporter,
            kind="call" if from_reporter else "message",
            text=word(f"said {from_reporter}"),
            spoke_to=word(f"spoke to {from_reporter}"),
            happened_at=LONG_AGO,
            created_at=LONG_AGO,
        )
    record_view(
        "concern.viewed",
        actor=lead,
        shown=["conversation"],
        concern_id=concern.pk,
        report_id=report.pk,
    )
    contest = Contest.objects.create(
        concern=concern,
        referral=concern.referrals.first(),
        raised_by=lead,
        by_reporter=False,
        about="closed",
        text=word("contest"),
        raised_at=LONG_AGO,
        ended_at=LONG_AGO,
    )
    ContestStage.objects.create(
        contest=contest,
        level=0,
        people=[{"id": lead.pk, "name": word("stage people")}],
        started_at=LONG_AGO,
        due_at=LONG_AGO,
        outcome=word("stage outcome"),
        agreed=True,
        told_reporter=word("stage told"),
        outcome_by=lead,
        outcome_at=LONG_AGO,
    )


def _access(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    grant = AccessGrant.objects.create(
        concern=concern,
        user=keepers.auditor,
        kind="break_glass",
        reason=word("glass"),
        granted_at=LONG_AGO,
        expires_at=LONG_AGO,
    )
    BreakGlassReview.objects.create(
        grant=grant,
        due_at=LONG_AGO,
        reviewer=keepers.corporate,
        reviewed_at=LONG_AGO,
        justified=True,
        words=word("glass review"),
    )
    Exclusion.objects.create(
        report=concern.report, user=keepers.auditor, kind="excluded", reason="kin"
    )
    person = concern.involvements.first()
    held: list[dict[str, Any]] = [
        {"concern": concern},
        {"report": concern.report},
        {"involvement": person},
    ]
    for number, on in enumerate(held):
        LegalHold.objects.create(
            kind=("concern", "report", "person")[number],
            reason=word(f"hold {number}"),
            placed_by=keepers.officer,
            placed_at=LONG_AGO,
            lifted_at=LONG_AGO,
            lifted_by=keepers.officer,
            lift_reason=word(f"hold lifted {number}"),
            **on,
        )
    batch = PaperBatch.objects.create(
        place="Duty desk",
        holder=keepers.lead,
        issued_by=keepers.lead,
        issued_at=LONG_AGO,
        directory_version="test",
    )
    PaperForm.objects.create(
        batch=batch,
        number=1,
        reference=concern.report.reference,
        draft=concern.report.draft,
        written_at=LONG_AGO,
        written_by=word("paper"),
        report=concern.report,
        returned_at=LONG_AGO,
    )


def _people(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    mine = concern.match_keys.order_by("pk").first()
    theirs = other.match_keys.order_by("pk").first()
    assert mine is not None
    assert theirs is not None
    MatchKey.objects.filter(pk=mine.pk).update(root=mine, person=_somebody())
    left, right = sorted((mine, theirs), key=lambda key: key.pk)
    pair = MatchCandidate.objects.create(
        left=left,
        right=right,
        weight=9.0,
        reasons=[word("pair")],
        weights_version="test",
        created_at=LONG_AGO,
    )
    MatchDecision.objects.create(
        candidate=pair,
        state="rejected",
        reason=word("pair decided"),
        made_by=keepers.lead,
        made_at=LONG_AGO,
    )
    first, second = sorted((concern, other), key=lambda item: item.pk)
    ConcernLink.objects.create(
        first=first,
        second=second,
        kind="other",
        state="rejected",
        why=word("link"),
        made_by=keepers.lead,
        made_at=LONG_AGO,
    )


def _somebody() -> Person:
    return Person.objects.create(created_at=LONG_AGO)


def _custody(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    referral = concern.referrals.filter(state="sent").first()
    assert referral is not None
    Referral.objects.filter(concern=concern).update(
        state="accepted",
        reasons=[word("referral reason")],
        ended_by_name=word("accepted by"),
        ended_by_role=word("accepted role"),
        ended_by_phone="0121 496 0999",
        ended_at=LONG_AGO,
        ended_via="call",
        recorded_by=keepers.lead,
        returned_reason=word("returned"),
        escalate_at=None,
    )
    LegEvent.objects.create(
        referral=referral,
        kind="opened",
        happened_at=LONG_AGO,
        recorded_at=LONG_AGO,
        actor_label="agency",
        name=word("leg name"),
        role=word("leg role"),
        reason=word("leg reason"),
    )
    code = AgencyCode.objects.create(
        referral=referral, code_hash="0" * 64, created_at=LONG_AGO, expires_at=LONG_AGO
    )
    Message.objects.update(
        status="SENT", sent_at=LONG_AGO, provider="smtp", sent_to="duty@example.org"
    )
    message = Message.objects.create(
        created_at=LONG_AGO,
        kind="referral_code",
        channel="email",
        recipient="duty@example.org",
        template="referral_code",
        context={"reference": concern.reference, "code": word("code")},
        dedupe_key=f"code:{code.pk}",
        subject_type="agency_code",
        subject_id=str(code.pk),
        status="SENT",
        next_attempt_at=LONG_AGO,
        sent_at=LONG_AGO,
        provider="smtp",
        sent_to="duty@example.org",
        last_error=word("last error"),
    )
    Receipt.objects.create(
        source="mailbox",
        kind="delivered",
        dedupe_key=word("receipt"),
        happened_at=LONG_AGO,
        received_at=LONG_AGO,
        message=message,
        applied_at=LONG_AGO,
    )
    BellWarning.objects.create(referral=referral, level=1, warned_at=LONG_AGO)
    Call.objects.create(
        concern=concern,
        referral=referral,
        agency_slug="childrens-social-care",
        made_at=LONG_AGO,
        number="0121 496 0998",
        made_by=keepers.lead,
        spoke_to=word("call"),
        agency_reference=word("call reference"),
        outcome=word("call outcome"),
        recorded_at=LONG_AGO,
    )
    Bell.objects.create(
        concern=concern,
        kind="message",
        key=word("bell"),
        rings_at=LONG_AGO,
        created_at=LONG_AGO,
        ended_at=LONG_AGO,
    )
    CustodyGap.objects.create(
        kind="not_taken",
        key=word("gap"),
        concern=concern,
        found_at=LONG_AGO,
        last_paged_at=None,
        mended_at=LONG_AGO,
    )


def _searched(keepers: Keepers, word: Words, concern: Concern, other: Concern) -> None:
    kept = SavedFilter.objects.create(
        owner=keepers.lead,
        name=f"About {word.given['name']}",
        query={"text": [word.given["name"]], "view": ["all"]},
        created_at=LONG_AGO,
    )
    FilterWatch.objects.create(saved_filter=kept, user=keepers.corporate, known=[concern.pk])
    staying = SavedFilter.objects.create(
        owner=keepers.lead, name="Late ones", query={"view": ["late"]}, created_at=LONG_AGO
    )
    FilterWatch.objects.create(
        saved_filter=staying, user=keepers.lead, known=[concern.pk, other.pk]
    )
    KeptPage.objects.create(
        key_hash="0" * 64,
        owner=keepers.lead,
        path=f"/concerns/{concern.reference}/note/",
        body=word("kept page").encode(),
        expires_at=LONG_AGO,
    )
    cache.set(f"reading:{concern.pk}", {keepers.lead.pk: 1}, 50)


def _close(concern: Concern) -> None:
    """Close it as a lead would have, with nothing left to do."""
    concern.clocks.update(met_at=LONG_AGO, done_by="", withdrawn_because="Closed")
    concern.calls.filter(made_at=None).update(needless_at=LONG_AGO)
    Concern.objects.filter(pk=concern.pk).update(
        state="closed", closed_at=LONG_AGO, outcome="no_further_action", next_due_at=None
    )
