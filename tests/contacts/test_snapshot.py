"""The file that pages read: each host follows the database, and never loses its last answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench.whom_to_call import large_document
from contacts import changes, services
from contacts.care import Light, find_row, light_of, remind_owners, send_canary
from contacts.directory import DirectoryGapError
from contacts.models import Care, DirectoryVersion
from contacts.selectors import current_directory
from contacts.services import follow_database, write_snapshot
from contacts.snapshot import SHIPPED, directory_from, read_versions, write_versions
from contacts.tasks import follow, remind, ring_urgent_changes
from safeguarding_portal.accounts.models import User
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders import smtp
from tests.contacts.conftest import NOW, line_of, shipped_document
from tests.factories import make_user
from tests.services import SmtpSink

MONDAY = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def other_host(published: DirectoryVersion, settings: Any, tmp_path: Path) -> Path:
    """Return the file of a host that has not heard of anything yet."""
    path: Path = tmp_path / "other" / "snapshot.json"
    settings.CONTACTS_SNAPSHOT = path
    return path


@pytest.mark.django_db
def test_a_host_that_was_not_the_one_that_published_follows_with_one_query(
    other_host: Path, django_assert_num_queries: Any
) -> None:
    assert follow_database()
    assert [item["version"] for item in read_versions(other_host)] == ["birmingham-1"]
    with django_assert_num_queries(1):
        assert not follow_database()


@pytest.mark.django_db
def test_whoever_asks_a_host_whether_it_is_ready_makes_it_follow(other_host: Path) -> None:
    Client().get("/health/ready")
    assert other_host.exists()
    other_host.unlink()
    follow()
    assert other_host.exists()


@pytest.mark.django_db
def test_with_the_database_away_or_the_disk_full_the_old_file_stays(
    other_host: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow_database()
    before = other_host.read_text()
    DirectoryVersion.objects.create(
        slug="birmingham-2",
        document=shipped_document() | {"version": "birmingham-2"},
        effective_from=NOW,
        published_at=NOW,
    )

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(services, "write_versions", refuse)
        assert not follow_database()
    assert other_host.read_text() == before
    with monkeypatch.context() as patched:
        patched.setattr(
            DirectoryVersion.objects, "order_by", lambda *_: (_ for _ in ()).throw(DatabaseError())
        )
        assert not follow_database()
    assert follow_database()
    assert "birmingham-2" in other_host.read_text()


def test_a_file_that_cannot_be_read_leaves_the_shipped_numbers(
    settings: Any, tmp_path: Path
) -> None:
    settings.CONTACTS_SNAPSHOT = tmp_path / "broken.json"
    for text in ("", "{", '{"versions": 3}', '{"versions": [{"effective_from": "x"}]}'):
        settings.CONTACTS_SNAPSHOT.write_text(text)
        assert current_directory(NOW).who_to_call("police-emergency", NOW).number == "999"


def test_a_version_that_cannot_be_read_is_never_written(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    write_versions(path, [shipped_document()])
    before = path.read_text()
    with pytest.raises(KeyError):
        write_versions(path, [{"version": "x", "effective_from": NOW.isoformat()}])
    assert path.read_text() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.django_db
def test_with_no_version_the_file_stays_as_it_is(settings: Any, tmp_path: Path) -> None:
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    write_snapshot(NOW)
    assert not settings.CONTACTS_SNAPSHOT.exists()
    assert current_directory(NOW).version == "birmingham-1"


@pytest.mark.django_db
def test_what_ended_long_ago_leaves_the_file_and_stays_in_the_database(
    published: DirectoryVersion, settings: Any
) -> None:
    for number, days in ((2, 100), (3, 200)):
        slug = f"birmingham-{number}"
        start = NOW + timedelta(days=days)
        DirectoryVersion.objects.create(
            slug=slug,
            document=shipped_document() | {"version": slug, "effective_from": start.isoformat()},
            effective_from=start,
            published_at=NOW,
        )
    write_snapshot(NOW + timedelta(days=250))
    kept = [item["version"] for item in read_versions(settings.CONTACTS_SNAPSHOT)]
    assert kept == ["birmingham-2", "birmingham-3"]
    assert DirectoryVersion.objects.count() == 3


def test_a_document_of_a_later_release_is_still_read() -> None:
    document = shipped_document()
    document["agencies"][0]["from_the_future"] = 1
    document["lines"][0]["from_the_future"] = 1
    document["from_the_future"] = 1
    assert directory_from(document).agencies["lado"]


def test_a_large_directory_answers_without_a_query_when_warm(settings: Any, tmp_path: Path) -> None:
    # Without the `db` mark any query is refused.
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    write_versions(settings.CONTACTS_SNAPSHOT, [large_document(read_versions(SHIPPED)[0])])
    directory = current_directory(NOW)
    assert (len(directory.agencies), len(directory.lines)) == (500, 2000)
    assert directory.who_to_call("agency-499", NOW - timedelta(hours=6)).line.slug == "line-499-3"
    assert current_directory(NOW) is directory


@pytest.mark.parametrize(
    ("checked", "light"),
    [
        (None, Light.RED),
        (89, Light.GREEN),
        (90, Light.AMBER),
        (103, Light.AMBER),
        (104, Light.RED),
    ],
)
def test_a_line_is_amber_when_due_and_red_two_weeks_later(
    checked: int | None, light: Light
) -> None:
    today = NOW.date()
    verified_on = None if checked is None else today - timedelta(days=checked)
    assert light_of(None, verified_on, today) == light
    if checked:
        care = Care(kind="line", slug="cass", interval_days=checked + 1)
        assert light_of(care, verified_on, today) == Light.GREEN


@pytest.mark.django_db
def test_an_owner_is_reminded_once_a_week_and_editors_of_what_nobody_owns(
    published: DirectoryVersion, editor: User
) -> None:
    owner = make_user()
    Care.objects.create(kind="line", slug="cass", owner=owner)
    directory = current_directory(MONDAY)
    for day in range(7):
        remind_owners(directory, MONDAY + timedelta(days=day))
    sent = Message.objects.filter(template="directory_care")
    assert set(sent.values_list("recipient", flat=True)) == {owner.email, editor.email}
    assert sent.get(recipient=editor.email).context["link"] == "/directory/edit/care/"
    assert sent.get(recipient=owner.email).context["link"] == "/directory/"
    remind_owners(directory, MONDAY + timedelta(days=7))
    assert sent.count() == 4


@pytest.mark.django_db
def test_nobody_is_reminded_while_everything_is_fresh(
    published: DirectoryVersion, editor: User
) -> None:
    directory = current_directory(NOW)
    for kind, slugs in (("line", directory.lines), ("mailbox", directory.agencies)):
        Care.objects.bulk_create(
            Care(kind=kind, slug=slug, verified_on=NOW.date()) for slug in slugs
        )
    remind_owners(directory, NOW)
    remind()
    ring_urgent_changes()
    assert not Message.objects.exists()


@pytest.mark.django_db
def test_a_check_is_published_with_the_next_version(
    published: DirectoryVersion, editor: User, second: User
) -> None:
    Care.objects.create(kind="line", slug="cass", verified_on=NOW.date())
    change = changes.start_change(editor, "Note", None, NOW)
    line_of(change.document, "edt")["note"] = "Ring twice"
    changes.save_document(change.pk, editor, change.document, 1, NOW)
    changes.propose(change.pk, editor, NOW)
    changes.approve(change.pk, second, NOW)
    assert current_directory(NOW).lines["cass"].verified_on == NOW.date()


@pytest.mark.django_db
def test_the_care_page_takes_as_many_queries_for_many_lines_as_for_few(
    published: DirectoryVersion, editor: User, django_assert_max_num_queries: Any
) -> None:
    client = Client()
    client.force_login(editor)
    for slug in current_directory(NOW).lines:
        Care.objects.create(kind="line", slug=slug, owner=make_user())
    with django_assert_max_num_queries(8):
        assert client.get("/directory/edit/care/").status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get("/directory/").status_code == 200


@pytest.mark.django_db
def test_the_editors_lists_take_as_many_queries_for_30_rows_as_for_one(
    published: DirectoryVersion, editor: User, second: User
) -> None:
    client = Client()
    client.force_login(editor)

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    def publish_another() -> None:
        change = changes.start_change(editor, "Note", None, NOW)
        line_of(change.document, "edt")["note"] = f"Note {change.pk}"
        changes.save_document(change.pk, editor, change.document, 1, NOW)
        changes.propose(change.pk, editor, NOW)
        changes.approve(change.pk, second, NOW)

    paths = ("/directory/edit/", "/directory/edit/versions/")
    publish_another()
    changes.start_change(editor, "Open", None, NOW)
    one = [queries(path) for path in paths]
    for _ in range(29):
        changes.start_change(editor, "Open", None, NOW)
        publish_another()
    assert [queries(path) for path in paths] == one


def test_the_alarm_for_bank_holidays_rings_a_year_before_they_end() -> None:
    out = StringIO()
    with time_machine.travel(datetime(2030, 12, 30, tzinfo=UTC)):
        call_command("check_holidays", stdout=out)
    assert "2031-12-31" in out.getvalue()
    with (
        time_machine.travel(datetime(2031, 1, 2, tzinfo=UTC)),
        pytest.raises(CommandError, match="2031-12-31 only"),
    ):
        call_command("check_holidays")


@pytest.mark.django_db
def test_the_editors_home_shows_the_alarm_for_bank_holidays(
    published: DirectoryVersion, editor: User
) -> None:
    client = Client()
    with time_machine.travel(datetime(2031, 1, 2, tzinfo=UTC)):
        client.force_login(editor)
        page = client.get("/directory/edit/").content.decode()
    assert "bank holidays end within a year" in page


@pytest.mark.django_db
def test_the_file_says_how_far_it_reaches(published: DirectoryVersion, settings: Any) -> None:
    through = json.loads(settings.CONTACTS_SNAPSHOT.read_text())["through"]
    assert through == f"{published.pk} {published.published_at.isoformat()}"


@pytest.mark.django_db
def test_a_version_that_is_there_already_is_not_proved_again(
    published: DirectoryVersion, settings: Any
) -> None:
    settings.DIRECTORY_MAIL_DOMAINS = []
    assert services.publish_version(shipped_document(), NOW) == published
    with pytest.raises(DirectoryGapError, match="not on the allowed list"):
        services.publish_version(shipped_document() | {"version": "birmingham-2"}, NOW)


@pytest.mark.django_db
def test_an_approval_stands_even_when_this_host_cannot_write_its_file(
    published: DirectoryVersion, editor: User, second: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = changes.start_change(editor, "Note", None, NOW)
    line_of(change.document, "edt")["note"] = "Ring twice"
    changes.save_document(change.pk, editor, change.document, 1, NOW)
    changes.propose(change.pk, editor, NOW)

    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("Read-only file system")

    with monkeypatch.context() as patched:
        patched.setattr(services, "write_versions", refuse)
        assert changes.approve(change.pk, second, NOW).state == "approved"
    assert current_directory(NOW).lines["edt"].note == ""
    assert follow_database()
    assert current_directory(NOW).lines["edt"].note == "Ring twice"


@pytest.mark.django_db
def test_a_test_message_travels_as_a_referral_does_and_names_nobody(
    published: DirectoryVersion, editor: User, settings: Any
) -> None:
    sink = SmtpSink().start()
    settings.EMAIL_PORT = sink.port
    directory = current_directory(NOW)
    row = find_row(directory, "mailbox", "lado", NOW)
    assert row is not None
    check = send_canary(row, editor, NOW)
    deliver_message(Message.objects.get(template="directory_canary").pk, timezone.now())
    smtp.close_connection()
    sink.stop()
    assert sink.subjects() == [f"Test of your referral mailbox, T{check.pk}"]
    assert Message.objects.get(template="directory_canary").status == "SENT"
    check.refresh_from_db()
    assert check.worked is None
