"""An evidence file proves itself: whatever is changed in it is found, without the portal."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from safeguarding_portal.audit import chain, evidence_check
from safeguarding_portal.audit.chain import merkle_root, public_key_text
from safeguarding_portal.audit.evidence import EvidenceFile, proof_in, proof_rows
from safeguarding_portal.audit.evidence_check import check_text
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.audit.services import NewEvent, record_many

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70)


def evidence(count: int = 7, unsealed: int = 2) -> str:
    """Return an evidence file over the events of two seals, and some not sealed yet."""
    ids = []
    for number in (count - count // 2, count // 2, unsealed):
        with transaction.atomic():
            new = record_many(
                NewEvent(name="concern.viewed", actor_label="rules", concern_id=n)
                for n in range(number)
            )
        ids += [event.pk for event in new]
        if number is not unsealed or count == 0:
            seal_new_events(timezone.now())
    return "".join(EvidenceFile({"reason": "“Why”"}).text([ids[:3], ids[3:]]))


@given(LEAVES, st.data())
def test_the_proof_of_any_leaf_leads_to_the_root_of_the_seal(
    leaves: list[bytes], data: Any
) -> None:
    place = data.draw(st.integers(0, len(leaves) - 1))
    proof = proof_in(proof_rows(leaves), place)
    found = leaves[place]
    for side, other in proof:
        beside = bytes.fromhex(other)
        pair = beside + found if side == "left" else found + beside
        found = hashlib.sha256(chain.NODE + pair).digest()
    assert found == merkle_root(leaves)
    assert len(proof) <= 7


@pytest.mark.django_db
def test_a_file_as_it_was_written_holds(tmp_path: Path) -> None:
    text = evidence()
    result = check_text(text, public_key_text())
    assert (result.events, result.unsealed, result.problems) == (9, 2, ())
    assert {item["seal"] for item in json.loads(text)["events"]} > {None}
    path = tmp_path / "evidence.json"
    path.write_text(text, encoding="utf-8")
    call_command("audit_check_export", str(path), stdout=StringIO())
    alone = subprocess.run(
        [sys.executable, "-I", evidence_check.__file__, str(path), public_key_text()],
        capture_output=True,
        text=True,
        check=False,
    )
    assert alone.returncode == 0, alone.stdout
    assert "9 events, 2 of them not sealed yet" in alone.stdout


CHANGES = {
    "an event": lambda text: text.replace("concern.viewed", "concern.closed", 1),
    "an event left out": lambda text: _without_event(text),
    "the count": lambda text: text.replace('"count": 9', '"count": 8'),
    "the reason": lambda text: text.replace("Why", "Not why"),
    "a seal's root": lambda text: text.replace('"root": "', '"root": "0', 1),
    "a proof": lambda text: text.replace('["right", "', '["left", "', 1),
    "the signature": lambda text: text[:-10] + "0" * 7 + text[-3:],
}


def _without_event(text: str) -> str:
    lines = text.split("\n")
    place = next(number for number, line in enumerate(lines) if '"event":' in line)
    return "\n".join(lines[:place] + lines[place + 1 :])


@pytest.mark.django_db
@pytest.mark.parametrize("change", list(CHANGES))
def test_any_change_is_found(change: str, tmp_path: Path) -> None:
    text = evidence()
    changed = CHANGES[change](text)
    assert changed != text
    assert check_text(changed, public_key_text()).problems
    path = tmp_path / "evidence.json"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("audit_check_export", str(path), stdout=StringIO())


@pytest.mark.django_db
def test_a_file_that_another_key_signed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = public_key_text()
    monkeypatch.setattr("django.conf.settings.AUDIT_SEAL_KEY", "A" * 43 + "=")
    text = evidence()
    assert check_text(text).problems == (), "its own key fits: so the key must come from elsewhere"
    assert check_text(text, ours).problems


@pytest.mark.django_db
def test_what_was_sealed_under_an_earlier_key_is_proved_with_the_present_one(settings: Any) -> None:
    with transaction.atomic():
        (event,) = record_many([NewEvent(name="concern.viewed", actor_label="rules")])
    seal_new_events(timezone.now())
    settings.AUDIT_OLD_PUBLIC_KEYS = [public_key_text()]
    settings.AUDIT_SEAL_KEY = "A" * 43 + "="
    text = "".join(EvidenceFile({"reason": "Why"}).text([[event.pk]]))
    assert check_text(text, public_key_text()).problems == ()
    forged = text.replace(settings.AUDIT_OLD_PUBLIC_KEYS[0], "B" * 43 + "=")
    assert check_text(forged, public_key_text()).problems


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"format": 1}', "null", '{"format": "safeguarding-portal-evidence-1"}'],
)
def test_what_is_no_evidence_file_is_said_to_be_none(text: str) -> None:
    assert check_text(text).problems == (evidence_check.DAMAGED,)


@given(st.text(max_size=200), st.text(max_size=50))
def test_no_text_and_no_key_breaks_the_check(text: str, key: str) -> None:
    assert check_text(text, key).problems
