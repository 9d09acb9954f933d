"""Reading events as leaves: each row as one canonical JSON text of the database, hashed here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from safeguarding_portal.audit.chain import leaf_of

CHUNK = 5_000
# Every column, in a fixed order. A new column is appended, for new seals only, under a new number.
_CANONICAL = """
SELECT id, jsonb_build_array(
    1, id, to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(happened_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), name, actor_id,
    actor_label, concern_id, report_id, object_type, object_id, detail, request_id,
    host(source_address)
)::text
FROM audit_event
"""


def leaves_between(after: int, until: int) -> Iterator[tuple[int, bytes]]:
    """Yield (id, leaf) of every event with `after` < id <= `until`, in the order of ids.

    Streams through a cursor of the server, so that a million events need little memory; call it
    inside a transaction.
    """
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"{_CANONICAL} WHERE id > %s AND id <= %s ORDER BY id", [after, until])
        while rows := cursor.fetchmany(CHUNK):
            for event_id, canonical in rows:
                yield event_id, leaf_of(canonical)


def canonical_texts(event_ids: Sequence[int]) -> dict[int, str]:
    """Return the canonical text of each of these events: what its leaf is the hash of."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_CANONICAL} WHERE id = ANY (%s)", [list(event_ids)])
        return dict(cursor.fetchall())
