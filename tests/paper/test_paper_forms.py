"""Paper forms: given out before an outage, entered after it, asked for in between."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from concerns.models import Draft, PaperBatch, PaperForm, Report
from concerns.rules.reference import is_valid
from concerns.services import paper
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.references import free_references
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import render
from tests.answers import CHILD
from tests.contacts.test_posters import tags
from tests.factories import NOON, give_role, make_lead, make_report, make_team, make_user

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(days=3)
WRITTEN = NOON + timedelta(days=2, hours=4, minutes=20)


@pytest.fixture
def lead() -> User:
    return make_lead(make_team(Team.Group.BOTH))


@pytest.fixture
def holder() -> User:
    return make_user(full_name="Hana Keeper")


@pytest.fixture
def batch(lead: User, holder: User) -> PaperBatch:
    return paper.issue_batch(lead, holder.email, "Duty desk", 3, NOON)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def references(batch: PaperBatch) -> list[str]:
    return list(batch.forms.values_list("reference", flat=True))


def file_draft(draft_id: UUID, actor: User) -> Report:
    draft = Draft.objects.get(pk=draft_id)
    draft.answers = {**draft.answers, **CHILD}
    draft.save()
    return submit_report(draft_id, actor, LATER)


def test_references_are_given_out_once_and_read_like_any_other(
    batch: PaperBatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = references(batch)
    assert len(set(given)) == 3
    assert all(is_valid(reference) for reference in given)
    taken = make_report(reference=free_references(1)[0]).reference
    fresh = "2222-222" + "2"
    offered = iter([given[0], taken, fresh])
    monkeypatch.setattr("concerns.services.references.new_reference", lambda chance: next(offered))
    assert free_references(1) == [fresh]


def test_who_keeps_the_forms_is_told_where_to_print_them(batch: PaperBatch, holder: User) -> None:
    told = Message.objects.get(kind="paper_issued")
    assert told.recipient == holder.email
    assert f"/paper/{batch.pk}/" in render(told).body


def test_issuing_names_an_account_that_can_be_asked(lead: User) -> None:
    with pytest.raises(NotAllowedError, match="has an account"):
        paper.issue_batch(lead, "nobody@example.org", "Duty desk", 1, NOON)


def test_a_form_that_comes_back_keeps_its_reference_and_its_real_time(
    batch: PaperBatch, holder: User
) -> None:
    reference = references(batch)[0]
    entry = paper.Entry(WRITTEN, "Wilma Writer", "Caretaker", "0121 496 0111")
    typed = reference.lower().replace("-", " ")
    draft = paper.begin_entry(typed, holder, entry, LATER)
    report = file_draft(draft.pk, holder)
    assert report.reference == reference
    # Every clock runs from the moment it is stored.
    assert report.received_at == LATER
    form = PaperForm.objects.get(reference=reference)
    assert (form.report, form.returned_at, form.written_at) == (report, LATER, WRITTEN)
    card = report.statement[-1]
    words = {row["question"]: row["answer"] for row in card["rows"]}
    assert words["Written by hand at"] == "4:20pm on Thursday 26 November 2026"
    assert words["Written by"] == "Wilma Writer"
    assert words["Entered by"] == "Hana Keeper"
    assert report.reporter_details["for_name"] == "Wilma Writer"
    event = Event.objects.get(name="report.written_on_paper")
    assert (event.happened_at, event.concern_id) == (WRITTEN, report.concerns.get().pk)
    with pytest.raises(ConflictError, match="entered already"):
        paper.begin_entry(reference, holder, entry, LATER)


def test_entering_goes_on_where_it_stopped_and_a_thrown_away_draft_frees_the_form(
    batch: PaperBatch, holder: User, lead: User
) -> None:
    reference, entry = references(batch)[0], paper.Entry(WRITTEN)
    draft = paper.begin_entry(reference, holder, entry, LATER)
    assert paper.begin_entry(reference, holder, entry, LATER) == draft
    with pytest.raises(ConflictError, match="colleague is entering"):
        paper.begin_entry(reference, lead, entry, LATER)
    with pytest.raises(ConflictError, match="colleague is entering"):
        paper.void_form(batch.pk, reference, lead, "Lost", LATER)
    Draft.objects.filter(pk=draft.pk).delete()
    assert paper.begin_entry(reference, lead, entry, LATER) != draft


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (NOON - timedelta(minutes=1), "before the form was printed"),
        (LATER + timedelta(minutes=1), "not come yet"),
    ],
)
def test_a_time_before_the_form_was_printed_or_after_now_is_refused(
    batch: PaperBatch, holder: User, written: Any, words: str
) -> None:
    with pytest.raises(NotAllowedError, match=words):
        paper.begin_entry(references(batch)[0], holder, paper.Entry(written), LATER)
    assert not Draft.objects.exists()


def test_a_void_reference_says_why_and_is_never_used(batch: PaperBatch, lead: User) -> None:
    reference = references(batch)[0]
    form = paper.void_form(batch.pk, reference, lead, "Coffee", LATER)
    assert (form.voided_by, form.void_reason) == (lead, "Coffee")
    with pytest.raises(ConflictError, match="void"):
        paper.begin_entry(reference, lead, paper.Entry(WRITTEN), LATER)
    with pytest.raises(ConflictError):
        paper.void_form(batch.pk, reference, lead, "Again", LATER)
    with pytest.raises(Http404):
        paper.void_form(batch.pk + 1, reference, lead, "Elsewhere", LATER)


def test_what_is_not_back_is_asked_for_until_it_is_back_or_seen(
    batch: PaperBatch, lead: User, holder: User, settings: Any
) -> None:
    first = NOON + settings.PAPER_CHASE_AFTER
    assert paper.chase_unreturned(first - timedelta(seconds=1)) == 0
    assert paper.chase_unreturned(first) == 1
    assert paper.chase_unreturned(first) == 0
    asked = Message.objects.filter(kind="paper_unreturned")
    assert {message.recipient for message in asked} == {holder.email, lead.email}
    words = render(asked[0])
    assert f"/paper/{batch.pk}/" in words.body
    assert "30 days" in words.body
    paper.confirm_held(batch.pk, holder, first + timedelta(days=29))
    assert paper.chase_unreturned(first + timedelta(days=31)) == 0
    for reference in references(batch):
        paper.void_form(batch.pk, reference, lead, "Burnt", LATER)
    assert paper.chase_unreturned(first + timedelta(days=90)) == 0
    batch.refresh_from_db()
    assert batch.chase_at is None
    assert asked.count() == 2


def test_when_holder_and_issuer_have_left_the_corporate_lead_is_asked(
    batch: PaperBatch, settings: Any
) -> None:
    corporate = make_user()
    give_role(corporate, Role.CORPORATE_LEAD)
    User.objects.exclude(pk=corporate.pk).update(is_active=False)
    assert paper.chase_unreturned(NOON + settings.PAPER_CHASE_AFTER) == 1
    assert Message.objects.get(kind="paper_unreturned").recipient == corporate.email


def test_the_database_keeps_paper_forms_and_their_references(batch: PaperBatch) -> None:
    form = batch.forms.first()
    assert form is not None
    for change in (
        lambda: PaperForm.objects.filter(pk=form.pk).delete(),
        lambda: PaperForm.objects.filter(pk=form.pk).update(reference="ZZZZ-ZZZZ"),
        lambda: PaperForm.objects.filter(pk=form.pk).update(voided_at=NOON),
    ):
        with pytest.raises((ProgrammingError, InternalError, IntegrityError)), transaction.atomic():
            change()


def test_every_act_is_an_event(batch: PaperBatch, lead: User, settings: Any) -> None:
    reference = references(batch)[0]
    paper.begin_entry(reference, lead, paper.Entry(WRITTEN), LATER)
    paper.void_form(batch.pk, references(batch)[1], lead, "Lost", LATER)
    paper.confirm_held(batch.pk, lead, LATER)
    paper.chase_unreturned(LATER + settings.PAPER_CHASE_AFTER)
    client_of(lead).get(f"/paper/{batch.pk}/pack.pdf")
    assert {
        "paper_batch.issued",
        "paper_form.begun",
        "paper_form.voided",
        "paper_batch.seen",
        "paper_batch.chased",
        "paper_batch.printed",
    } <= set(Event.objects.values_list("name", flat=True))


# --- Pages ---------------------------------------------------------------------------------------


def test_a_lead_issues_forms_and_a_stranger_finds_no_such_page(lead: User, holder: User) -> None:
    page = client_of(lead)
    sent = page.post(
        "/paper/issue/", {"count": "2", "place": "Library", "holder": holder.email}, follow=True
    )
    assert "0 of 2" not in sent.content.decode()
    assert "2 of 2 not returned" in sent.content.decode()
    pk = PaperBatch.objects.get().pk
    assert client_of(holder).get(f"/paper/{pk}/").status_code == 200
    assert client_of(holder).get("/paper/").status_code == 200
    assert client_of(holder).get("/paper/issue/").status_code == 404
    stranger = client_of(make_user())
    for path in ("", "issue/", f"{pk}/", f"{pk}/pack.pdf", f"{pk}/void/{'2222-2222'}/"):
        assert stranger.get(f"/paper/{path}").status_code == 404, path
    assert stranger.post(f"/paper/{pk}/held/").status_code == 404


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("issue/", {"count": "51", "place": "x", "holder": "a@example.org"}, "from 1 to 50"),
        ("issue/", {"count": "1", "place": "x", "holder": "a@example.org"}, "has an account"),
        ("issue/", {}, "Enter where they will be kept"),
        ("issue/", {"count": "1", "place": "p" * 121, "holder": "a"}, "1 character too long"),
        ("enter/", {}, "Enter the reference on the paper"),
        ("enter/", {"reference": "BX7K-Q2M3"}, "not a reference of ours"),
        ("enter/", {"clock": "half past"}, "Write the time like 4:20pm"),
        ("enter/", {"reference": "\x00" + "é" * 200_000}, "characters too long"),
    ],
)
def test_wrong_answers_are_told_in_plain_words_and_kept(
    lead: User, path: str, typed: dict[str, str], words: str
) -> None:
    answer = client_of(lead).post(f"/paper/{path}", typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "place" not in typed or f'value="{typed["place"]}"' in answer.content.decode()


def test_a_form_is_entered_through_the_ordinary_journey(batch: PaperBatch) -> None:
    reference = references(batch)[0]
    person = make_user()
    typed = {
        "reference": reference,
        "day_day": "26",
        "day_month": "11",
        "day_year": "2026",
        "clock": "4:20pm",
        "name": "Wilma Writer",
    }
    with time_machine.travel(LATER, tick=False):
        client = client_of(person)
        answer = client.post("/paper/enter/", typed)
        draft = Draft.objects.get(owner=person)
        assert answer["Location"] == f"/report/{draft.pk}/"
        Draft.objects.filter(pk=draft.pk).update(answers={**draft.answers, **CHILD})
        assert (
            f"{person} is entering it"
            in client_of(batch.holder).get(f"/paper/{batch.pk}/").content.decode()
        )
        check = client.get(f"/report/{draft.pk}/check/")
        sent = client.post(f"/report/{draft.pk}/send/", follow=True)
    for page in (check, sent):
        text = page.content.decode()
        assert reference in text
        assert "4:20pm on Thursday 26 November 2026" in text
    assert PaperForm.objects.get(reference=reference).written_at == WRITTEN


def test_forged_addresses_and_huge_reasons_are_answered_in_plain_words(
    batch: PaperBatch, lead: User
) -> None:
    client, reference = client_of(lead), references(batch)[0]
    for path in (
        f"{batch.pk}/void/%00/",
        f"{batch.pk}/void/2222-2222/",
        f"{10**30}/",
        "0/pack.pdf",
    ):
        assert client.get(f"/paper/{path}").status_code == 404, path
    answer = client.post(f"/paper/{batch.pk}/void/{reference}/", {"reason": "x" * 200_000})
    assert answer.status_code == 422
    assert "199,500 characters too long" in answer.content.decode()


def test_forms_that_lie_beside_old_numbers_say_so_until_somebody_has_looked(
    batch: PaperBatch, lead: User
) -> None:
    client, path = client_of(lead), f"/paper/{batch.pk}/"
    assert "numbers have changed" not in client.get(path).content.decode()
    PaperBatch.objects.update(directory_version="older")
    assert "numbers have changed" in client.get(path).content.decode()
    page = client.post(f"{path}held/", follow=True).content.decode()
    assert "numbers have changed" not in page


def test_voiding_asks_first(batch: PaperBatch, holder: User) -> None:
    reference = references(batch)[0]
    client, path = client_of(holder), f"/paper/{batch.pk}/void/{reference}/"
    assert client.get(path).status_code == 200
    assert client.post(path, {"reason": ""}).status_code == 422
    page = client.post(path, {"reason": "Torn"}, follow=True).content.decode()
    assert "Torn" in page
    assert "2 of 3 not returned" in page
    again = client.post(path, {"reason": "Torn"})
    assert again.status_code == 422
    assert client.post(f"/paper/{batch.pk}/held/", follow=True).status_code == 200


def test_lists_take_as_many_statements_for_30_rows_as_for_one(
    batch: PaperBatch, lead: User, holder: User
) -> None:
    client = client_of(lead)

    def statements(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    statements("/paper/")
    one = statements("/paper/")
    big = [paper.issue_batch(lead, holder.email, "Shelf", 30, NOON) for _ in range(29)]
    assert statements("/paper/") == one <= 12
    assert statements(f"/paper/{big[0].pk}/") == statements(f"/paper/{batch.pk}/") <= 12


def test_the_pack_holds_what_to_do_the_numbers_and_a_form_for_each_reference(
    batch: PaperBatch, holder: User
) -> None:
    paper.void_form(batch.pk, references(batch)[2], holder, "Torn", LATER)
    answer = client_of(holder).get(f"/paper/{batch.pk}/pack.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Cache-Control"] == "no-store"
    reader = PdfReader(io.BytesIO(answer.content))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    headings = [tag for tag in tags(root["/StructTreeRoot"]["/K"]) if tag.startswith("/H")]
    assert headings.count("/H1") == 3
    pages = [page.extract_text() for page in reader.pages]
    # Two sheets of instructions and numbers, then front and back of each form that is out.
    assert len(pages) == 2 + 2 * 2
    assert all(number in pages[0] for number in ("999", "0121 303 1888", "0121 675 4806"))
    for place, reference in enumerate(references(batch)[:2]):
        front, back = pages[2 + 2 * place : 4 + 2 * place]
        assert reference in front
        assert reference in back
        assert front.index("What happened") < front.index("Who you are worried about")
        assert "Date and time of writing" in back
