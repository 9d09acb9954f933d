"""Everything in the database that can hold words about a person is gathered, or it says why not."""

from __future__ import annotations

import pytest
from django.db import connection

from concerns.models import ConcernLink, MatchCandidate, MatchDecision
from concerns.selectors.personal_data import Scope, words_of
from concerns.selectors.personal_data_sources import NOT_GATHERED, SOURCE, SOURCES
from tests.factories import NOON, make_concern, make_lead, make_team
from tests.records.conftest import key_of

# Tables that lead to everything else: they are asked themselves, and not followed further.
ENDS = {"accounts_user", "accounts_team", "accounts_directorate", "django_content_type"}
# Tied by a reference and not by a key of the database.
SOFT = {"audit_event", "audit_seal", "outbox_message", "outbox_receipt"}
TIES = """
SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
COLUMNS = """
SELECT table_name, column_name FROM information_schema.columns
WHERE table_schema = 'public' AND (
    data_type IN ('text', 'character varying', 'jsonb', 'json', 'bytea', 'xml')
    OR udt_name IN ('_text', '_varchar', '_jsonb', 'hstore', 'citext'))
"""


def reachable() -> set[str]:
    """Return every table that keys tie to a concern, in either direction."""
    with connection.cursor() as cursor:
        cursor.execute(TIES)
        ties = cursor.fetchall()
    found, waiting = set(SOFT), ["concerns_concern"]
    while waiting:
        table = waiting.pop()
        if table in found:
            continue
        found.add(table)
        if table not in ENDS:
            waiting += [b for a, b in ties if a == table] + [a for a, b in ties if b == table]
    return found - (ENDS - {"accounts_user"})


def text_columns() -> set[tuple[str, str]]:
    """Return (table, column) of every column that can hold words, reached or of this app."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = set(cursor.fetchall())
    tables = reachable()
    return {
        (table, name) for table, name in columns if table in tables or table.startswith("concerns_")
    }


@pytest.mark.django_db
def test_every_text_column_that_can_be_reached_from_a_concern_is_gathered_or_says_why_not() -> None:
    gathered = {column for source in SOURCES for column in source.columns}
    forgotten = {
        f"{table}.{name}"
        for table, name in text_columns()
        if f"{table}.{name}" not in gathered
        and f"{table}.{name}" not in NOT_GATHERED
        and table not in NOT_GATHERED
    }
    assert forgotten == set()


@pytest.mark.django_db
def test_the_table_names_nothing_that_the_database_does_not_have() -> None:
    columns = {f"{table}.{name}" for table, name in text_columns()}
    tables = {column.partition(".")[0] for column in columns}
    named = {column for source in SOURCES for column in source.columns} | set(NOT_GATHERED)
    assert {one for one in named if one not in columns and one not in tables} == set()
    assert all(NOT_GATHERED.values())


@pytest.mark.django_db
def test_what_joins_two_people_is_found_from_either_side_and_once_from_both() -> None:
    team = make_team("children")
    older, newer = make_concern(team), make_concern(team)
    lead = make_lead(team)
    ConcernLink.objects.create(
        first=older,
        second=newer,
        kind="other",
        state="linked",
        why="Aunt",
        made_by=lead,
        made_at=NOON,
    )
    left, right = (key_of(concern) for concern in (older, newer))
    pair = MatchCandidate.objects.create(
        left=left, right=right, weight=9, reasons=[], weights_version="test", created_at=NOON
    )
    MatchDecision.objects.create(
        candidate=pair, state="rejected", reason="Twins", made_by=lead, made_at=NOON
    )
    ids = {concern.pk: concern.report_id for concern in (older, newer)}
    for scope in ({older.pk: ids[older.pk]}, {newer.pk: ids[newer.pk]}, ids):
        for slug, words in (("link", "Aunt"), ("match", "Twins")):
            (found,) = SOURCE[slug].load(Scope(scope))
            assert words in found.text
            assert found.concern_id in scope


def test_a_source_has_one_name_and_every_stored_value_has_words() -> None:
    slugs = [source.slug for source in SOURCES]
    assert len(set(slugs)) == len(slugs)
    assert words_of([{"question": "Who?", "answer": "Ana"}, {"a_b": [True, ""]}, None, 0]) == (
        "Who? Ana\na b: Yes\n0"
    )
