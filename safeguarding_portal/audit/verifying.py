"""Checking the whole chain: what was changed, removed, added or put in another order, and where.

Reads every event and every seal once, side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from safeguarding_portal.audit.chain import SIZE, digest_of, is_signed, merkle_root
from safeguarding_portal.audit.leaves import leaves_between
from safeguarding_portal.audit.models import Event, Seal
from safeguarding_portal.audit.sealing import read_copy

HIGHEST = 2**63 - 1
TELL_EVERY = 20_000
# Sealing takes a minute; five without a seal is a sealer that stands still.
SEALED_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a code, the event or seal, and words."""

    code: str
    where: str
    words: str


@dataclass(frozen=True)
class Verdict:
    """What a check found, and how much it looked at."""

    events: int
    seals: int
    unsealed: int
    findings: tuple[Finding, ...]


def verify(
    now: datetime, copy: Path | None = None, progress: Callable[[int], None] | None = None
) -> Verdict:
    """Check every event against the seals at `now` (aware), and the seals against their copy.

    `progress` is told now and then how many events were looked at.
    """
    with transaction.atomic():
        return _Check(now, progress).run(copy)


def compared(verdict: Verdict, copied: str) -> Verdict:
    """Return a verdict that also compares one seal with its copy, "SEAL:DIGEST" from a message."""
    number, _, digest = copied.removeprefix("SEAL-").partition(":")
    known = number.isascii() and number.isdecimal() and len(number) < 19
    held = Seal.objects.filter(pk=int(number)).values_list("digest", flat=True) if known else []
    if digest.strip() in held:
        return verdict
    words = "It is not the one in the message, or is gone."
    found = Finding("replaced", f"seal {number or copied}", words)
    return replace(verdict, findings=(*verdict.findings, found))


class _Check:
    """One run: the events and the seals, walked side by side."""

    def __init__(self, now: datetime, progress: Callable[[int], None] | None = None) -> None:
        self.now, self.progress = now, progress
        self.findings: list[Finding] = []
        self.digests: dict[int, str] = {}
        self.events = self.unsealed = self.last_sealed = 0
        # Seals made while we look are left for the next check: their events may be new too.
        self.until = Seal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    def run(self, copy: Path | None) -> Verdict:
        events = leaves_between(0, HIGHEST)
        event = next(events, None)
        for event_id, leaf in self._sealed():
            while event is not None and event[0] < event_id:
                self._note(
                    "inserted", f"event {event[0]}", "It was added after its minute was sealed."
                )
                event = self._following(events)
            if event is None or event[0] > event_id:
                self._note("missing", f"event {event_id}", "It was sealed, and is gone.")
            else:
                if event[1] != leaf:
                    self._note("changed", f"event {event_id}", "It is not what was sealed.")
                event = self._following(events)
        while event is not None:
            self.unsealed += 1
            event = self._following(events)
        self._check_the_tail()
        if copy is not None:
            self._check_the_copy(copy)
        return Verdict(self.events, len(self.digests), self.unsealed, tuple(self.findings))

    def _following(self, events: Iterator[tuple[int, bytes]]) -> tuple[int, bytes] | None:
        self.events += 1
        if self.progress is not None and self.events % TELL_EVERY == 0:
            self.progress(self.events)
        return next(events, None)

    def _sealed(self) -> Iterator[tuple[int, bytes]]:
        """Yield (id, leaf) of what was sealed, checking each seal on the way."""
        previous = ""
        for seal in Seal.objects.filter(pk__lte=self.until).order_by("pk").iterator(100):
            leaves = [
                bytes(seal.leaves[start : start + SIZE])
                for start in range(0, len(seal.leaves), SIZE)
            ]
            self._check_seal(seal, leaves, previous)
            previous = seal.digest
            self.digests[seal.pk] = seal.digest
            for event_id, leaf in zip(seal.event_ids, leaves, strict=False):
                if event_id > self.last_sealed:
                    self.last_sealed = event_id
                    yield event_id, leaf

    def _check_seal(self, seal: Seal, leaves: list[bytes], previous: str) -> None:
        where = f"seal {seal.pk}"
        if seal.previous != previous:
            self._note("chain", where, "It does not follow the seal before: one is gone or moved.")
        if len(leaves) != len(seal.event_ids) or not leaves:
            self._note("seal", where, "It does not hold a leaf for each event.")
        elif merkle_root(leaves).hex() != seal.root:
            self._note("seal", where, "Its leaves do not give its root.")
        if seal.event_ids != sorted(set(seal.event_ids)):
            self._note("order", where, "Its events are not in their order.")
        if digest_of(seal.previous, seal.root, seal.event_ids, seal.sealed_at) != seal.digest:
            self._note("seal", where, "Its digest is not that of what it holds.")
        if not is_signed(seal.digest, seal.signature):
            self._note("signature", where, "No known key has signed it.")

    def _check_the_tail(self) -> None:
        """Say when events wait for a seal for longer than sealing takes."""
        oldest = (
            Event.objects.filter(pk__gt=self.last_sealed)
            .order_by("pk")
            .values_list("pk", "recorded_at")
            .first()
        )
        if oldest is not None and self.now - oldest[1] > SEALED_WITHIN:
            self._note("unsealed", f"event {oldest[0]}", "It has waited too long for a seal.")

    def _check_the_copy(self, path: Path) -> None:
        copied = read_copy(path)
        unknown = copied.keys() - self.digests.keys()
        made_meanwhile = set(Seal.objects.filter(pk__in=unknown).values_list("pk", flat=True))
        for seal in sorted(unknown - made_meanwhile):
            self._note("cut", f"seal {seal}", "The copy holds it; the database does not.")
        for seal in sorted(copied.keys() & self.digests.keys()):
            if self.digests[seal] != copied[seal]:
                self._note("replaced", f"seal {seal}", "It is another than the one in the copy.")
        if not copied and self.digests:
            self._note("copy", str(path.name), "The copy is empty or is not there.")

    def _note(self, code: str, where: str, words: str) -> None:
        self.findings.append(Finding(code, where, words))
