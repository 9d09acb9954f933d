"""Files of reports, messages and notes: how they come in, who may see them, what is told."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.models import Attachment, Correspondence, Draft, Note, WarningRead
from concerns.services.access import exclude_person
from concerns.services.drafts import delete_draft, expire_drafts
from concerns.services.file_news import tell_of_files
from concerns.services.files import remove_file
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.files.models import StoredFile, StoredObject, Upload
from safeguarding_portal.files.services import destroy, is_destroyed
from safeguarding_portal.files.tidy import remove_expired
from safeguarding_portal.files.work import due_files, work_on
from safeguarding_portal.outbox.models import Message
from tests.answers import ADULT, CHILD, Raw
from tests.clamav import EICAR
from tests.concerns.conftest import Council
from tests.factories import make_user
from tests.files import samples
from tests.reporter.conftest import Filed, client_of, filed, text_of, told

__all__ = ["filed"]
PHOTO = samples.picture()
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("box_here")]


def sent(content: bytes = PHOTO, name: str = "arm.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def start(owner: User, answers: Raw = ADULT) -> Draft:
    expires = timezone.now() + timedelta(days=30)
    return Draft.objects.create(owner=owner, answers=answers, expires_at=expires)


def path_of(draft: Draft) -> str:
    return f"/report/{draft.pk}/page/files/"


def work() -> None:
    now = timezone.now()
    for pk in due_files(now):
        work_on(pk, now)


def add(client: Client, path: str, *files: Any, **typed: str) -> Any:
    return client.post(path, {"evidence": list(files), "upload": "1", **typed})


def test_the_page_explains_the_limits_and_takes_files_without_scripts(council: Council) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    page = text_of(client.get(path_of(draft)))
    assert "Each smaller than 25 MB, 20 for a report in all." in page
    answer = add(client, path_of(draft), sent(), sent(samples.pdf(), "letter"))
    page = text_of(answer)
    assert answer.status_code == 200
    assert "arm.jpg" in page
    assert "letter.pdf" in page
    assert "Being checked" in page
    assert "Your report does not wait" in text_of(client.get(f"/report/{draft.pk}/check/"))
    assert client.post(path_of(draft), {}).headers["Location"] == f"/report/{draft.pk}/check/"


def test_what_is_wrong_with_a_file_is_said_and_the_others_are_kept(council: Council) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    answer = add(client, path_of(draft), sent(b"MZ\x90", "x.exe"), sent())
    assert answer.status_code == 422
    page = text_of(answer)
    assert "x.exe: We cannot take this kind of file" in page
    assert "Error: Add a file" in page
    assert Attachment.objects.get().name == "arm.jpg"
    assert "Choose a file first" in text_of(add(client, path_of(draft)))


def test_a_full_store_is_said_and_the_report_goes_without_the_file(
    council: Council, settings: Any, tmp_path: Any
) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    settings.FILES_ROOT = tmp_path / "full"
    settings.FILES_ROOT.write_text("a file where the folder should be")
    answer = add(client, path_of(draft), sent())
    assert answer.status_code == 422
    assert "The file could not be kept. Send it again in a few minutes" in text_of(answer)
    assert client.post(f"/report/{draft.pk}/send/").status_code == 302
    assert not Attachment.objects.exists()


def test_the_warning_stands_before_the_chooser_of_a_report_about_a_child(council: Council) -> None:
    draft, client = start(council.reporter, CHILD), client_of(council.reporter)
    page = text_of(client.get(path_of(draft)))
    assert "Never upload sexual images of a child." in page
    assert 'type="file"' not in page
    refused = add(client, path_of(draft), sent())
    assert refused.status_code == 422
    assert "Read the warning about images of children first" in text_of(refused)
    assert not StoredObject.objects.exists()
    begun = client.post(f"/files/add/report/{draft.pk}/", {"name": "a", "size": "10"})
    assert begun.status_code == 422
    assert 'type="file"' in text_of(client.post(path_of(draft), {"warned": "1"}))
    assert WarningRead.objects.get().person == council.reporter
    assert Event.objects.filter(name="file.warning_read").count() == 1
    add(client, path_of(draft), sent())
    assert Attachment.objects.count() == 1


def test_a_report_takes_its_files_along_in_no_statement_more(
    council: Council, django_assert_max_num_queries: Any
) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    add(client, path_of(draft), sent())
    now = timezone.now()
    with django_assert_max_num_queries(27):
        report = submit_report(draft.pk, council.reporter, now)
    item = report.attachments.get()
    assert item.sent_at == now
    tell_of_files(now)
    for concern in report.concerns.all():
        event = Event.objects.get(name="file.added", concern_id=concern.pk)
        assert event.actor == council.reporter
    assert tell_of_files(now) == 0


def test_a_file_that_comes_after_the_report_went_is_refused_and_removed(
    council: Council, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    from concerns.files import area

    def sent_meanwhile(*given: Any, **named: Any) -> None:
        submit_report(draft.pk, council.reporter, timezone.now())

    monkeypatch.setattr(area, "check_may_add", sent_meanwhile)
    answer = add(client, path_of(draft), sent())
    assert "The report has been sent meanwhile" in text_of(answer)
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == []


def upload(client: Client, start_url: str, content: bytes, cut: int) -> Any:
    """Send a file in parts as `files.mjs` does; return the answer to the last part."""
    digest = hashlib.sha256(content).hexdigest()
    begun = client.post(start_url, {"name": "arm.jpg", "size": len(content), "sha256": digest})
    assert begun.status_code == 201, begun.content
    url, offset = begun.json()["url"], begun.json()["offset"]
    while True:
        answer = part(client, url, offset, content[offset : offset + cut])
        if answer.status_code != 204:
            return answer
        offset = int(answer["Upload-Offset"])


def part(client: Client, url: str, offset: int, content: bytes) -> Any:
    return client.generic(
        "PATCH",
        url,
        content,
        content_type="application/offset+octet-stream",
        headers={"Upload-Offset": str(offset)},
    )


def test_a_file_in_parts_goes_on_after_a_lost_connection(council: Council, settings: Any) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    begin = f"/files/add/report/{draft.pk}/"
    digest = hashlib.sha256(PHOTO).hexdigest()
    named = {"name": "arm.jpg", "size": len(PHOTO), "sha256": digest}
    url = client.post(begin, named).json()["url"]
    assert part(client, url, 0, PHOTO[:300])["Upload-Offset"] == "300"
    # The answer was lost: the same part comes again, and the server says where to go on.
    again = part(client, url, 0, PHOTO[:300])
    assert (again.status_code, again["Upload-Offset"]) == (409, "300")
    assert client.head(url)["Upload-Offset"] == "300"
    assert "did not arrive whole" in text_of(client.get(path_of(draft)))
    assert client.post(begin, named).json() == {"url": url, "offset": 300}
    assert upload(client, begin, PHOTO, 200).status_code == 200
    assert Attachment.objects.get().sha256 == digest
    assert not Upload.objects.exists()
    assert len([path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]) >= 1


def test_parts_are_refused_for_what_is_wrong(council: Council, settings: Any) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    begin = f"/files/add/report/{draft.pk}/"
    settings.FILES_MAX_BYTES = 5 * 1024 * 1024
    for size in ("0", "-1", "x", "9" * 30, str(6 * 1024 * 1024), ""):
        assert client.post(begin, {"name": "a", "size": size}).status_code == 422
    url = client.post(begin, {"name": "a\x00b", "size": "10", "sha256": "0" * 64}).json()["url"]
    for offset, content in ((-1, b"x"), (3, b"x"), (0, b""), (0, b"x" * 11)):
        assert part(client, url, offset, content).status_code == 409
    assert client_of(make_user()).head(url).status_code == 404
    damaged = part(client, url, 0, b"0123456789")
    assert damaged.status_code == 422
    assert not StoredObject.objects.exists()
    other = client.post(begin, {"name": "a", "size": "10"}).json()["url"]
    assert client.delete(other).status_code == 204
    assert not Upload.objects.exists()


def test_uploads_and_files_of_a_draft_go_with_it(
    council: Council, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    drafts = [start(council.reporter), start(council.reporter)]
    client = client_of(council.reporter)
    for draft in drafts:
        add(client, path_of(draft), sent())
        begin = f"/files/add/report/{draft.pk}/"
        url = client.post(begin, {"name": "a", "size": "10"}).json()["url"]
        part(client, url, 0, b"123")
    now = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        delete_draft(drafts[0].pk, council.reporter)
        later = now + timedelta(days=31)
        Draft.objects.update(expires_at=now, reminded_at=now)
        expire_drafts(later)
    assert not Draft.objects.exists()
    assert not StoredFile.objects.exists()
    assert not Upload.objects.exists()
    assert [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()] == []


def test_an_upload_that_nobody_goes_on_with_is_removed_after_a_day(council: Council) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    url = client.post(f"/files/add/report/{draft.pk}/", {"name": "a", "size": "9"}).json()["url"]
    part(client, url, 0, b"123")
    assert remove_expired(timezone.now()) == 0
    assert remove_expired(timezone.now() + timedelta(days=2)) == 1
    assert not StoredObject.objects.exists()


def test_a_file_can_be_taken_out_before_sending_and_not_after(council: Council) -> None:
    draft, client = start(council.reporter), client_of(council.reporter)
    add(client, path_of(draft), sent(), sent(name="leg.jpg"))
    first, second = Attachment.objects.order_by("created_at")
    assert "arm.jpg" not in text_of(client.post(path_of(draft), {"remove": str(first.pk)}))
    assert client.post(path_of(draft), {"remove": "none"}).status_code == 422
    again = client.post(path_of(draft), {"remove": str(first.pk)})
    assert again.status_code == 422
    assert "That file is not there any more" in text_of(again)
    report = submit_report(draft.pk, council.reporter, timezone.now())
    with pytest.raises(Http404):
        remove_file(second.pk, council.reporter)
    assert report.attachments.count() == 1


# --- After filing --------------------------------------------------------------------------------


def warned(filed: Filed, *people: User) -> None:
    for person in people:
        WarningRead.objects.create(draft=filed.report.draft, person=person, read_at=timezone.now())


def with_message(filed: Filed, content: bytes = PHOTO) -> Attachment:
    warned(filed, filed.reporter)
    client = client_of(filed.reporter)
    client.post(filed.path("message/"), {"text": "See the arm", "evidence": [sent(content)]})
    return Attachment.objects.get(part="message")


def test_a_message_carries_files_and_nothing_typed_is_lost_on_the_way(filed: Filed) -> None:
    client = client_of(filed.reporter)
    page = text_of(client.post(filed.path("message/"), {"warned": "1", "text": "My words"}))
    assert "My words" in page
    page = text_of(add(client, filed.path("message/"), sent(), text="My words"))
    assert "My words" in page
    assert "arm.jpg" in page
    wrong = client.post(filed.path("message/"), {"text": "Kept", "evidence": [sent(b"MZ")]})
    assert wrong.status_code == 422
    assert "Kept" in text_of(wrong)
    assert not Correspondence.objects.exists()
    client.post(filed.path("message/"), {"text": "See the arm"})
    item = Attachment.objects.get()
    assert item.correspondence == Correspondence.objects.get()
    assert "arm.jpg" in text_of(client.get(filed.path()))
    assert Event.objects.filter(name="file.added", concern_id=filed.concern.pk).count() == 1


def test_additions_replies_and_notes_carry_files_and_are_seen_by_whom_they_are_for(
    filed: Filed,
) -> None:
    warned(filed, filed.reporter, filed.lead)
    reporter, lead = client_of(filed.reporter), client_of(filed.lead)
    reporter.post(
        filed.path("add/"),
        {"danger": "no", "kind": "information", "text": "More", "evidence": [sent(name="a.jpg")]},
    )
    record = f"/concerns/{filed.concern.reference}/"
    lead.post(f"{record}tell/", {"kind": "message", "text": "Hi", "evidence": [sent(name="b.jpg")]})
    lead.post(f"{record}note/", {"text": "Note", "evidence": [sent(name="c.jpg")], "version": "1"})
    assert Note.objects.get().attachments.get().name == "c.jpg"
    page = text_of(lead.get(f"{record}files/"))
    assert all(name in page for name in ("a.jpg", "b.jpg", "c.jpg"))
    mine = text_of(reporter.get(filed.path()))
    assert "a.jpg" in mine
    assert "b.jpg" in mine
    assert "c.jpg" not in mine
    note = Attachment.objects.get(part="note")
    assert lead.get(f"/files/{note.pk}/").status_code == 200
    assert reporter.get(f"/files/{note.pk}/").status_code == 404
    for section in ("notes", "conversation", "report"):
        assert ".jpg" in text_of(lead.get(f"{record}{section}/"))


ADDRESSES = ("", "download", "picture", "page/1", "original/")


def test_a_file_is_seen_by_who_may_see_the_record_and_by_nobody_else(
    filed: Filed, scanner: Any
) -> None:
    item = with_message(filed)
    work()
    council = filed.council
    pages = [f"/files/{item.pk}/{name}" for name in ADDRESSES]
    assert [client_of(filed.lead).get(page).status_code for page in pages] == [200] * 3 + [404] * 2
    for person in (make_user(), council.adult_lead):
        assert {client_of(person).get(page).status_code for page in pages} == {404}
    exclude_person(filed.concern.pk, filed.lead, council.corporate.pk, "kin", timezone.now())
    assert client_of(council.corporate).get(pages[0]).status_code == 404
    filed.reporter.is_active = False
    filed.reporter.save()
    answer = client_of(filed.reporter).get(pages[0])
    assert answer.status_code in {302, 404}


def test_before_it_is_sent_a_file_is_its_senders_alone(filed: Filed, scanner: Any) -> None:
    warned(filed, filed.reporter)
    add(client_of(filed.reporter), filed.path("message/"), sent())
    work()
    item = Attachment.objects.get()
    assert client_of(filed.reporter).get(f"/files/{item.pk}/").status_code == 200
    assert client_of(filed.lead).get(f"/files/{item.pk}/").status_code == 404
    assert client_of(filed.lead).get(f"/files/{item.pk}/download").status_code == 404


def test_nothing_is_shown_before_it_is_clean_and_a_scanner_that_is_away_delays(
    filed: Filed, settings: Any, clamd: Any
) -> None:
    item = with_message(filed)
    lead = client_of(filed.lead)
    for _ in range(2):
        assert lead.get(f"/files/{item.pk}/picture").status_code == 404
        assert lead.get(f"/files/{item.pk}/download").status_code == 404
        assert "<img" not in text_of(lead.get(f"/files/{item.pk}/"))
        work()
    file = StoredFile.objects.get()
    assert (file.state, file.reason) == ("unscanned", "away")
    assert "The virus scanner is away" in text_of(lead.get(f"/files/{item.pk}/"))
    assert due_files(timezone.now()) == []
    settings.CLAMD_URL = clamd.url
    later = timezone.now() + timedelta(minutes=1)
    assert due_files(later) == [file.pk]
    work_on(file.pk, later)
    assert "<img" in text_of(lead.get(f"/files/{item.pk}/"))


def test_a_file_is_given_so_that_no_browser_runs_it_and_every_read_is_written(
    filed: Filed, scanner: Any
) -> None:
    item = with_message(filed)
    work()
    lead = client_of(filed.lead)
    before = Event.objects.count()
    answer: Any = lead.get(f"/files/{item.pk}/download")
    content = b"".join(answer.streaming_content)
    assert content[:2] == b"\xff\xd8"
    assert answer["Content-Disposition"] == 'attachment; filename="arm.jpg"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    lead.get(f"/files/{item.pk}/")
    lead.get(f"/files/{item.pk}/picture")
    names = list(Event.objects.order_by("pk").values_list("name", flat=True))[before:]
    assert names == ["file.exported", "file.viewed", "file.viewed"]
    assert Event.objects.latest("pk").concern_id == filed.concern.pk


def test_a_damaged_file_is_said_and_not_given(filed: Filed, scanner: Any) -> None:
    from safeguarding_portal.files.store import path_of as stored_at

    item = with_message(filed)
    work()
    copy = StoredObject.objects.get(role="copy")
    raw = stored_at(copy.object_id).read_bytes()
    stored_at(copy.object_id).write_bytes(raw[:-1] + b"x")
    answer = client_of(filed.lead).get(f"/files/{item.pk}/download")
    assert answer.status_code == 503
    assert "This file cannot be opened" in text_of(answer)


def test_what_is_harmful_is_locked_away_and_those_concerned_are_told(
    filed: Filed, scanner: Any
) -> None:
    item = with_message(filed, samples.MAIL + b"\r\n" + EICAR)
    work()
    tell_of_files(timezone.now())
    assert told("file_refused") == [filed.reporter.email]
    assert told("file_refused_lead") == [filed.lead.email]
    body = Message.objects.get(kind="file_refused")
    assert set(body.context) == {"reference", "urgency", "link"}
    lead, reporter = client_of(filed.lead), client_of(filed.reporter)
    page = text_of(lead.get(f"/files/{item.pk}/"))
    assert "Portal.Test.Eicar" in page
    assert "nobody can open or download it" in page
    assert lead.get(f"/files/{item.pk}/download").status_code == 404
    assert "We found something harmful" in text_of(reporter.get(filed.path()))
    page = text_of(lead.get(f"/concerns/{filed.concern.reference}/chronology/"))
    assert "File found harmful or unreadable" in page
    assert tell_of_files(timezone.now()) == 0


def test_the_original_is_opened_by_a_lead_for_a_written_reason_only(
    filed: Filed, scanner: Any
) -> None:
    warned(filed, filed.reporter)
    photo = samples.located_photo()
    reporter, lead = client_of(filed.reporter), client_of(filed.lead)
    typed = {"danger": "no", "kind": "information", "text": "More", "evidence": [sent(photo)]}
    reporter.post(filed.path("add/"), typed)
    work()
    item = Attachment.objects.get()
    url = f"/files/{item.pk}/original/"
    assert reporter.get(url).status_code == 404
    assert "Open the original" in text_of(lead.get(url))
    assert lead.post(url, {"reason": ""}).status_code == 422
    answer: Any = lead.post(url, {"reason": "The police ask for it"})
    assert b"".join(answer.streaming_content) == photo
    unsealing = item.unsealings.get()
    assert (unsealing.person, unsealing.reason) == (filed.lead, "The police ask for it")
    assert Event.objects.get(name="file.unsealed").concern_id == filed.concern.pk
    assert "The police ask for it" in text_of(lead.get(f"/files/{item.pk}/"))


def test_what_was_sent_stays_in_the_database(filed: Filed) -> None:
    item = with_message(filed)
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        item.delete()


def test_pages_take_as_many_statements_for_one_file_as_for_ten(
    filed: Filed,
) -> None:
    item = with_message(filed)
    reporter, lead = client_of(filed.reporter), client_of(filed.lead)
    pages = [
        (reporter, filed.path()),
        *(
            (lead, f"/concerns/{filed.concern.reference}/{section}/")
            for section in ("files", "notes", "conversation", "report", "chronology")
        ),
    ]

    def counts() -> list[int]:
        found = []
        for client, path in pages:
            client.get(path)
            with CaptureQueriesContext(connection) as caught:
                assert client.get(path).status_code == 200
            found.append(sum("SAVEPOINT" not in one["sql"] for one in caught))
        return found

    one = counts()
    file = item.file
    for number in range(9):
        assert file is not None
        copy = StoredFile.objects.get(pk=file.pk)
        copy.pk = None
        copy.save(force_insert=True)
        fields: dict[str, Any] = {
            "part": "message",
            "report": filed.report,
            "sent_at": timezone.now(),
        }
        Attachment.objects.create(
            file=copy,
            added_by=filed.reporter,
            name=f"{number}.jpg",
            kind="jpeg",
            size=1,
            sha256="0" * 64,
            created_at=timezone.now(),
            correspondence=item.correspondence,
            **fields,
        )
    assert counts() == one
    assert max(one) <= 12


def test_no_report_has_more_files_than_may_be(filed: Filed, settings: Any) -> None:
    settings.FILES_MAX_COUNT = 1
    with_message(filed)
    answer = add(client_of(filed.reporter), filed.path("message/"), sent())
    assert "A report can have 1 files" in text_of(answer)
    settings.FILES_MAX_COUNT, settings.FILES_MAX_TOTAL = 5, 1000
    answer = add(client_of(filed.reporter), filed.path("message/"), sent())
    assert "together. Take one out" in text_of(answer)


def test_when_a_file_is_destroyed_it_stays_known_what_was_sent(
    filed: Filed, django_capture_on_commit_callbacks: Any
) -> None:
    item = with_message(filed)
    assert item.file_id is not None
    with django_capture_on_commit_callbacks(execute=True):
        proof = destroy(item.file_id, actor_label="disposal", detail="test")
    assert is_destroyed(proof)
    lead = client_of(filed.lead)
    assert lead.get(f"/files/{item.pk}/").status_code == 404
    page = text_of(lead.get(f"/concerns/{filed.concern.reference}/files/"))
    assert "arm.jpg" in page
    assert "Destroyed" in page
    assert "Destroyed" in text_of(client_of(filed.reporter).get(filed.path()))
    assert tell_of_files(timezone.now()) == 0


def test_the_words_of_a_document_stand_on_its_page_and_nowhere_else(
    filed: Filed, scanner: Any
) -> None:
    item = with_message(filed, samples.word("Words of the letter"))
    work()
    page = text_of(client_of(filed.lead).get(f"/files/{item.pk}/"))
    assert page.count("Words of the letter") == 1
    assert ">Back</a>" in page
