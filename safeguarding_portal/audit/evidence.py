"""Evidence files: events with the proof that each was sealed, signed as a whole.

Whoever holds the public key can check such a file without the portal (`evidence_check.py`,
`docs/evidence.md`). It is written in parts, so that a large one needs little memory.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from typing import Any

from django.conf import settings

from safeguarding_portal.audit.chain import NODE, SIZE, public_key_text, sign
from safeguarding_portal.audit.evidence_check import FORMAT, TAIL
from safeguarding_portal.audit.leaves import canonical_texts
from safeguarding_portal.audit.models import Seal
from safeguarding_portal.audit.trail import sealed_in

Proof = list[list[str]]


def proof_rows(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return the Merkle tree of leaves, row by row, as `chain.merkle_root` builds it."""
    rows = [list(leaves)]
    while len(rows[-1]) > 1:
        row = rows[-1]
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [hashlib.sha256(NODE + left + right).digest() for left, right in pairs]
        rows.append(above + row[len(above) * 2 :])
    return rows


def proof_in(rows: Sequence[Sequence[bytes]], place: int) -> Proof:
    """Return what stands beside a leaf on each row up to the root: [side, hash in hex]."""
    proof: Proof = []
    for row in rows[:-1]:
        beside = place ^ 1
        if beside < len(row):
            proof.append(["left" if beside < place else "right", row[beside].hex()])
        place //= 2
    return proof


class EvidenceFile:
    """One evidence file while it is written: events in the order of their ids, part by part."""

    def __init__(self, header: dict[str, Any]) -> None:
        self._hash = hashlib.sha256()
        self._header = {
            "format": FORMAT,
            **header,
            "public_key": public_key_text(),
            "old_public_keys": settings.AUDIT_OLD_PUBLIC_KEYS,
        }
        self._seals: dict[int, dict[str, str | int]] = {}
        self._tree: tuple[int, list[int], list[list[bytes]]] = (0, [], [])
        self.count = 0

    def text(self, parts: Iterable[Sequence[int]]) -> Iterator[str]:
        """Yield the file; `parts` are the ids of its events, ascending."""
        fields = [
            f"{json.dumps(name)}: {json.dumps(value)}" for name, value in self._header.items()
        ]
        yield self._said("{" + ",\n".join(fields) + ',\n"events": [')
        for ids in parts:
            yield self._said("".join(self._events(ids)))
        seals = ",\n".join(json.dumps(seal) for seal in self._seals.values())
        yield self._said(f'\n],\n"seals": [\n{seals}\n],\n"count": {self.count},')
        digest = self._hash.hexdigest()
        yield f'{TAIL}"{digest}", "signature": "{sign(digest)}"}}\n'

    def _said(self, text: str) -> str:
        self._hash.update(text.encode())
        return text

    def _events(self, ids: Sequence[int]) -> Iterator[str]:
        texts, sealed = canonical_texts(ids), sealed_in(ids)
        for event_id in ids:
            seal = sealed[event_id][0] if event_id in sealed else None
            proof = self._proof_of(event_id, seal) if seal else []
            item = {"event": texts[event_id], "seal": seal, "proof": proof}
            yield ("\n" if self.count == 0 else ",\n") + json.dumps(item)
            self.count += 1

    def _proof_of(self, event_id: int, seal_id: int) -> Proof:
        if self._tree[0] != seal_id:
            seal = Seal.objects.get(pk=seal_id)
            leaves = [bytes(seal.leaves[at : at + SIZE]) for at in range(0, len(seal.leaves), SIZE)]
            self._tree = (seal_id, seal.event_ids, proof_rows(leaves))
            self._seals[seal_id] = _as_signed(seal)
        _, event_ids, rows = self._tree
        return proof_in(rows, event_ids.index(event_id))


def _as_signed(seal: Seal) -> dict[str, str | int]:
    """Return a seal as its digest was made: of the ids only their hash."""
    ids = hashlib.sha256(",".join(map(str, seal.event_ids)).encode()).hexdigest()
    return {
        "seal": seal.pk,
        "previous": seal.previous,
        "root": seal.root,
        "ids": ids,
        "sealed_at": seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "digest": seal.digest,
        "signature": seal.signature,
    }
