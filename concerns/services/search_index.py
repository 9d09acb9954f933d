"""Writing what the search box looks into, in the transaction that writes the record.

Later notes, and a change of team or restriction, follow by themselves (migration 0021).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from concerns.models import Concern, Involvement, SearchDocument
from concerns.selectors.search_words import codes_in
from safeguarding_portal.audit.services import keyed_hash, record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

BATCH = 500
# PostgreSQL refuses more than a megabyte of words in one row; no account comes near it.
MAX_TEXT = 300_000


def index_concerns(concerns: Sequence[Concern], involvements: Iterable[Involvement]) -> None:
    """Write the documents of concerns of which none has one yet, in one INSERT.

    The concerns have their report at hand. Needs the caller's transaction.
    """
    named: dict[int, list[Involvement]] = {}
    for item in involvements:
        named.setdefault(item.concern_id, []).append(item)
    SearchDocument.objects.bulk_create(
        (_document(concern, named.get(concern.pk, [])) for concern in concerns),
        ignore_conflicts=True,
    )


def add_words(concern_id: int, text: str) -> None:
    """Let a concern be found by further words, such as a message or a correction."""
    SearchDocument.objects.filter(pk=concern_id).update(
        text=Concat(F("text"), Value(f"\n{text}")),
        codes=Concat(F("codes"), Value(" " + " ".join(codes_in(text)))),
    )


def index_missing() -> int:
    """Write the documents that are not there yet, in batches; return how many. Safe to repeat."""
    done = 0
    while True:
        with transaction.atomic():
            waiting = list(
                Concern.objects.filter(search_document=None)
                .select_related("report")
                .prefetch_related("involvements", "notes")
                .order_by("pk")[:BATCH]
            )
            if not waiting:
                return done
            index_concerns(waiting, [item for one in waiting for item in one.involvements.all()])
            for concern in waiting:
                if notes := [note.text for note in concern.notes.all()]:
                    add_words(concern.pk, "\n".join(notes))
            done += len(waiting)


def write_again(concerns: Sequence[Concern]) -> None:
    """Write the documents of these concerns anew, from all that is said of them today.

    The concerns have their report at hand. Needs the caller's transaction.
    """
    SearchDocument.objects.filter(concern__in=concerns).delete()
    people = Involvement.objects.filter(concern__in=concerns).order_by("pk")
    index_concerns(concerns, people)
    for concern in concerns:
        notes = concern.notes.values_list("text", flat=True)
        said = concern.report.correspondence.exclude(text="").values_list("text", flat=True)
        reasons = concern.decisions.exclude(reason="").values_list("reason", flat=True)
        if words := [*notes, *said, *reasons]:
            add_words(concern.pk, "\n".join(words))


@transaction.atomic
def record_search(actor: User, typed: str, shown: list[str]) -> None:
    """Record that somebody searched, and what they were shown; of the words only a keyed hash."""
    record("concern.searched", actor=actor, detail={"term": keyed_hash(typed), "shown": shown})


def _document(concern: Concern, people: list[Involvement]) -> SearchDocument:
    names = [person.name for person in people if person.name]
    answers = [row["answer"] for person in people for row in person.details]
    answers += [row["answer"] for row in _rows(concern.report.statement)]
    text = "\n".join(dict.fromkeys(answers))[:MAX_TEXT]
    return SearchDocument(
        concern=concern,
        team_id=concern.team_id,
        restricted=concern.restricted,
        names="\n".join(dict.fromkeys(names)),
        text=text,
        codes=" ".join(codes_in(text)),
    )


def _rows(statement: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Return the answers that can be searched; marks of a body map are looked at, not searched."""
    cards = [card for card in statement if "body_map" not in card]
    return (row for card in cards for row in card["rows"] if row["answer"] != "Not answered")
