"""Whatever reads what others wrote: any bytes, any text; it reads it or says no in words."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from concerns.dates import read_time
from concerns.rules import reference
from concerns.triage.filters import as_querydict, chosen_in, unseal, url_of
from contacts import numbers, proof, typed_hours
from contacts.editing.exchange import COLUMNS, ImportProblemError, as_csv, as_json, read_file
from policies.text import markdown, reading_files, sections
from policies.text.sections import TextError
from safeguarding_portal.accounts.feed import plan_leavers
from safeguarding_portal.accounts.roster import RosterError, read_roster
from safeguarding_portal.accounts.scim.tokens import new_token
from safeguarding_portal.design_system.dates import DateParts, DateProblemError, read_date
from safeguarding_portal.files.box.main import do
from safeguarding_portal.outbox.reports import read_report
from tests.contacts.conftest import shipped_document
from tests.factories import NOON, make_user
from tests.files import samples
from tests.fuzz.odd import FUZZ, lines, mutated, texts
from tests.journey.garbage import any_json
from tests.mailbox import dsn, reply

TODAY = date(2026, 11, 24)
OURS = "<1b0c4e5f-9a57-4f0d-8c1b-1a220b7e7d1a@example.org>"
LIMITS = {"pixels": 1_000_000, "unzipped": 1_000_000}
DOCUMENT = shipped_document()
JSON = "application/json"
Reader = Callable[[Any], object]


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def of_policies(name: str) -> Reader:
    return lambda content: reading_files.read_file(name, io.BytesIO(content))


def of_filters(text: str) -> object:
    chosen = chosen_in(QueryDict(text.encode("utf-8", "replace")))
    return url_of(chosen), as_querydict(chosen)


def of_dates(parts: tuple[str, str, str]) -> object:
    return read_date(DateParts(*parts), today=TODAY)


def of_hours(text: str) -> object:
    return typed_hours.read_day(text)


PARSERS: dict[str, tuple[Reader, st.SearchStrategy[Any], tuple[type[Exception], ...]]] = {
    "report of a mail server": (
        read_report,
        mutated(dsn(OURS, "failed"), dsn(OURS, "delayed", "4.4.1"), reply(OURS)),
        (),
    ),
    "policy as Word": (of_policies("x.docx"), mutated(samples.word()), (TextError,)),
    "policy as Markdown": (
        of_policies("x.md"),
        mutated(b"# One\n\n1. a\n"),
        (TextError,),
    ),
    "Markdown shown": (markdown.to_html, texts, ()),
    "Markdown looked at": (markdown.problems, texts, ()),
    "Markdown in sections": (sections.read_markdown, texts.map("# A\n\n{}\n".format), (TextError,)),
    "reference": (reference.normalise, texts, ()),
    "reference of a concern": (reference.normalise_concern, texts, ()),
    "reference meant": (reference.likely_meant, texts, ()),
    "reference valid": (reference.is_valid, texts, ()),
    "phone number": (numbers.is_uk_number, texts, ()),
    "mailbox": (lambda text: numbers.is_allowed_mailbox(text, is_placeholder=False), texts, ()),
    "hours of a day": (of_hours, texts, (typed_hours.HoursProblemError,)),
    "clock": (typed_hours.read_clock, texts, (typed_hours.HoursProblemError,)),
    "special days": (
        lambda text: typed_hours.read_special_days(text, TODAY),
        texts | texts.map("1 May 2027: {}".format) | texts.map("{} to 2 May 2027: closed".format),
        (typed_hours.HoursProblemError,),
    ),
    "date": (of_dates, st.tuples(texts, texts, texts), (DateProblemError,)),
    "time": (read_time, texts, ()),
    "sealed words": (unseal, texts, ()),
    "directory as JSON": (
        lambda text: read_file(text, DOCUMENT),
        mutated(as_json(DOCUMENT).encode()).map(lambda raw: "{" + raw.decode("utf-8", "replace"))
        | any_json.map(json.dumps),
        (ImportProblemError,),
    ),
    "directory as CSV": (
        lambda text: read_file(text, DOCUMENT),
        mutated(*(as_csv(DOCUMENT, part).encode() for part in COLUMNS)).map(
            lambda raw: raw.decode("utf-8", "replace")
        ),
        (ImportProblemError,),
    ),
    "a file of any kind": (
        lambda content: do("inspect", content, LIMITS),
        mutated(samples.picture(), samples.pdf(), samples.word(), samples.outlook(), samples.wav()),
        (),
    ),
    "a mail shown": (lambda content: do("render:eml", content, LIMITS), mutated(reply(OURS)), ()),
    "an Outlook mail shown": (
        lambda content: do("render:msg", content, LIMITS),
        mutated(samples.outlook()),
        (),
    ),
    "a Word file shown": (
        lambda content: do("render:docx", content, LIMITS),
        mutated(samples.word()),
        (),
    ),
}


@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_reads_anything_or_says_no_in_words(name: str) -> None:
    read, strategy, refusals = PARSERS[name]

    @FUZZ
    @given(strategy)
    def look(given_to_it: Any) -> None:
        with suppress(*refusals):
            read(given_to_it)

    look()


@pytest.mark.django_db
def test_lists_of_people_are_read_or_refused_in_words() -> None:
    actor = make_user()

    @FUZZ
    @given(lines(("email", "full_name", "job_title", "role", "team"), actor.email) | texts)
    def roster(text: str) -> None:
        with suppress(RosterError):
            read_roster(text, actor, NOON)

    @FUZZ
    @given(lines(("email", "external_id", "active"), actor.email) | texts)
    def leavers(text: str) -> None:
        with suppress(RosterError):
            plan_leavers(text)

    roster()
    leavers()


@FUZZ
@given(any_json, any_json, texts)
def test_a_directory_that_cannot_be_read_is_said_and_breaks_nothing(
    agencies: Any, lines_of_it: Any, text: str
) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    broken = DOCUMENT | {"agencies": agencies, "lines": lines_of_it, "note": text}
    assert proof.problems_of(broken, now)


@FUZZ
@given(st.dictionaries(st.sampled_from(["view", "words", "priority", "page", "q"]), texts))
def test_a_filter_in_an_address_is_read_whatever_it_says(typed: dict[str, str]) -> None:
    data = QueryDict(mutable=True)
    data.update(typed)
    chosen = chosen_in(data)
    assert url_of(chosen)
    as_querydict(chosen)


@pytest.mark.django_db
def test_machines_that_send_anything_are_answered_and_never_with_a_fault(settings: Any) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = "a-token"
    _, secret = new_token("fuzz", NOON)
    client = Client(raise_request_exception=True)
    bodies = any_json.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200)

    @FUZZ
    @given(bodies, texts)
    def look(body: bytes, text: str) -> None:
        notify, scim = bearer("a-token"), bearer(secret)
        query = {"filter": text.encode("utf-8", "replace")}
        answers = [
            client.post("/receipts/notify/", body, JSON, headers=notify),
            client.post("/receipts/report/", body, JSON),
            client.post("/scim/v2/Users", body, JSON, headers=scim),
            client.post("/scim/v2/Groups", body, JSON, headers=scim),
            client.get("/scim/v2/Users", query, headers=scim),
        ]
        assert all(answer.status_code < 500 for answer in answers)

    look()
