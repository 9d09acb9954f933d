"""Items of a request for one's own data: as gathered, with suggestions, and what is decided.

Words of others are suggested to go by default: names of everybody else in the concern, who told
the reporter, numbers and addresses that are not the person's. A suggestion counts until dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concerns.matching.redaction import contacts_in, names_in, squeezed, stands_in, take_out
from concerns.models import AccessCandidate, AccessItem, AccessRedaction, Involvement, Report
from concerns.rules.access_requests import REDACTING
from concerns.selectors.subject_access import readable_items
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.subject_access import NOT_NOW, lock_request
from contacts.selectors import current_directory
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from concerns.models import AccessRequest
    from concerns.selectors.personal_data import Found, Scope
    from safeguarding_portal.accounts.models import User

Decision, Part = AccessItem.Decision, Involvement.Part
THIRD_PARTY, INFORMANT = "third_party", "informant"


@dataclass(frozen=True)
class Others:
    """Everybody in the concerns besides the person, and what is the person's own."""

    names: tuple[str, ...]
    informants: tuple[str, ...]
    own_names: tuple[str, ...]
    # All that the person said of themselves: their numbers stay.
    own: str
    own_parts: frozenset[int]
    public: frozenset[str]


def third_parties(request: AccessRequest, scope: Scope) -> Others:
    """Return who else is named in the concerns in which the person was found.

    `own_parts` are the involvements that an officer said are the person.
    """
    confirmed = request.candidates.filter(state=AccessCandidate.State.CONFIRMED)
    own_parts = frozenset(confirmed.exclude(involvement=None).values_list("involvement", flat=True))
    people = list(
        Involvement.objects.filter(concern__report__in=scope.reports).select_related("staff_member")
    )
    own = [person for person in people if person.pk in own_parts]
    own_names = (request.name, *request.aliases.splitlines(), *(person.name for person in own))
    others = [person for person in people if person.pk not in own_parts]
    shielded = _shielded(scope)
    names = [
        name for person in others for name in (person.name, str(person.staff_member or "")) if name
    ]
    told = [person.name for person in others if person.part == Part.INFORMANT]
    said = [request.address, request.nhs, request.phones, *(str(row.details) for row in own)]
    return Others(
        names=(*names, *shielded),
        informants=(*told, *shielded),
        own_names=own_names,
        own="\n".join(said),
        own_parts=own_parts,
        public=public_numbers(request.created_at),
    )


def _shielded(scope: Scope) -> list[str]:
    """Return the names of reporters who could be at risk if they were known, and for whom."""
    details = Report.objects.filter(
        pk__in=scope.reports, reporter_details__shield="shield"
    ).values_list("reporter_details", flat=True)
    return [name for said in details for name in (said["name"], said.get("for_name")) if name]


def public_numbers(now: datetime) -> frozenset[str]:
    """Return the numbers of the directory, squeezed: anybody may know them."""
    return frozenset(squeezed(line.number) for line in current_directory(now).lines.values())


def keep_found(
    request: AccessRequest, found: Collection[Found], others: Others, now: datetime
) -> None:
    """Write what a source holds; what changed since is to be decided again.

    So is what names somebody who counts as another person now.
    """
    kept = {
        item.key: item
        for item in request.items.filter(key__in=[one.key for one in found]).prefetch_related(
            "redactions"
        )
    }
    items, redactions = [], []
    for one in found:
        item = kept.get(one.key) or AccessItem(request=request, source=one.source, key=one.key)
        changed = item.pk is None or item.text != one.clean
        item.title, item.text, item.at = one.title, one.clean, one.at
        item.concern_id, item.report_id = one.concern_id, one.report_id
        item.gathered_at, item.gone_at = now, None
        suggested, words = _suggested(one, others), _suggestions(item, others, now)
        if changed or words or suggested != item.suggested:
            item.decision, item.released, item.suggested = Decision.OPEN, "", suggested
            redactions += words
        items.append(item)
    new = [item for item in items if item.pk is None]
    AccessItem.objects.bulk_create(new)
    AccessItem.objects.bulk_update(
        [item for item in items if item not in new],
        (
            "title",
            "text",
            "at",
            "concern",
            "report",
            "gathered_at",
            "gone_at",
            "decision",
            "released",
            "suggested",
        ),
    )
    AccessRedaction.objects.bulk_create(redactions)


def _suggested(one: Found, others: Others) -> str:
    """Return the exemption under which a whole item is suggested to be withheld, if any."""
    if one.part in (Part.INFORMANT, "shielded"):
        return "" if one.involvement_id in others.own_parts else INFORMANT
    if one.part in Part.values and one.involvement_id not in others.own_parts:
        return THIRD_PARTY
    return ""


def _suggestions(item: AccessItem, others: Others, now: datetime) -> list[AccessRedaction]:
    """Return the words of others in an item that are not taken out of it yet, unsaved."""
    has = {row.words for row in item.redactions.all()} if item.pk else set()
    informants = set(names_in(item.text, others.informants, others.own_names))
    words = [
        *names_in(item.text, others.names, others.own_names),
        *contacts_in(item.text, others.own, others.public),
    ]
    return [
        AccessRedaction(
            item=item,
            words=one,
            exemption=INFORMANT if one in informants else THIRD_PARTY,
            made_at=now,
        )
        for one in dict.fromkeys(words)
        if one not in has
    ]


@dataclass(frozen=True)
class Decided:
    """What an officer says of one item.

    Given: `kept` are the redactions that stay, `words` more that are taken out, under `exemption`
    and for `reason`. Withheld: the exemption and the reason.
    """

    decision: str
    kept: frozenset[int] = frozenset()
    words: tuple[str, ...] = ()
    exemption: str = ""
    reason: str = ""


def lock_item(pk: int, item_id: int, actor: User, now: datetime) -> AccessItem:
    """Lock a request that is being redacted; return one item that the actor has leave to read."""
    request = lock_request(pk, actor, now)
    if request.state != REDACTING:
        raise ConflictError(NOT_NOW)
    if request.gatherings.filter(done_at=None).exists():
        raise ConflictError("The portal is collecting. Wait until it has finished")
    item = readable_items(request, actor).filter(pk=item_id).first()
    if item is None:
        raise NotAllowedError("There is no such item, or you may not read it.")
    return item


@transaction.atomic
def decide_item(pk: int, item_id: int, actor: User, said: Decided, now: datetime) -> AccessItem:
    """Write what becomes of one item, and cut the words out of what is handed over.

    Raises `NotAllowedError` when words to take out do not stand in it: nothing is saved then.
    """
    item = lock_item(pk, item_id, actor, now)
    if any(not stands_in(item.text, words) for words in said.words):
        raise NotAllowedError("Some of the words to take out are not in the text. Check them.")
    if said.decision == Decision.GIVE:
        _keep(item, said, actor, now)
    item.decision, item.decided_by, item.decided_at = said.decision, actor, now
    withheld = said.decision == Decision.WITHHOLD
    item.exemption, item.reason = (said.exemption, said.reason) if withheld else ("", "")
    item.released = "" if withheld else take_out(item.text, words_out(item))
    item.save()
    record(
        "access_request.item_decided",
        actor=actor,
        concern_id=item.concern_id,
        report_id=item.report_id,
        object_type="access_item",
        object_id=str(item.pk),
        detail={"decision": said.decision, "exemption": item.exemption},
    )
    return item


def _keep(item: AccessItem, said: Decided, actor: User, now: datetime) -> None:
    rows = item.redactions.all()
    rows.filter(dropped_at=None).exclude(pk__in=said.kept).update(dropped_at=now, dropped_by=actor)
    rows.filter(pk__in=said.kept).update(dropped_at=None, dropped_by=None)
    AccessRedaction.objects.bulk_create(
        AccessRedaction(
            item=item,
            words=words,
            exemption=said.exemption,
            reason=said.reason,
            made_by=actor,
            made_at=now,
        )
        for words in dict.fromkeys(said.words)
    )


def words_out(item: AccessItem) -> list[str]:
    """Return the words that are taken out of an item as it stands."""
    return list(item.redactions.filter(dropped_at=None).values_list("words", flat=True))


def next_undecided(items: Iterable[AccessItem], after: AccessItem) -> AccessItem | None:
    """Return the next item that nobody has decided, after this one and then from the start."""
    waiting = [item for item in items if item.decision == Decision.OPEN and item.pk != after.pk]
    order = (after.report_id or 0, after.concern_id or 0, after.pk)
    later = [row for row in waiting if (row.report_id or 0, row.concern_id or 0, row.pk) > order]
    return next(iter([*later, *waiting]), None)
