"""The signed bundle: what is in it, how big it is, who may read it, and when it is made anew."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from contacts import bundle, signing
from contacts.hours import LONDON, Hours, Spell
from contacts.selectors import current_directory
from contacts.snapshot import SHIPPED, read_versions, write_versions
from contacts.weekly import unusual_days, week_words

NOW = datetime(2026, 11, 24, 12, 30, 20, tzinfo=UTC)
LINE_SPELL = Spell.parse("09:00", "17:00")


@pytest.fixture(autouse=True)
def _fresh_bundle() -> None:
    bundle._built.clear()


def verify(text: str) -> dict[str, Any]:
    """Return the payload, as a stranger to the portal's code checks it."""
    envelope = json.loads(text)
    key = serialization.load_der_public_key(base64.b64decode(signing.public_key()))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    raw = base64.b64decode(envelope["signature"])
    signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    signed = f"{envelope['served_at']}\n{envelope['payload']}".encode()
    key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    found: dict[str, Any] = json.loads(envelope["payload"])
    return found


def test_the_bundle_is_signed_and_says_when_it_was_built_served_and_ends() -> None:
    text = bundle.bundle_text(NOW)
    payload = verify(text)
    assert json.loads(text)["served_at"] == "2026-11-24T12:30:20+00:00"
    assert payload["built_at"] == "2026-11-24T12:30:20+00:00"
    assert payload["expires_at"] == "2027-01-23T12:30:20+00:00"
    assert payload["versions"][0]["version"] == current_directory(NOW).version


@pytest.mark.parametrize("part", ["payload", "served_at"])
def test_a_changed_number_and_a_changed_moment_break_the_signature(part: str) -> None:
    envelope = json.loads(bundle.bundle_text(NOW))
    envelope[part] = envelope[part].replace("6", "7", 1)
    with pytest.raises(InvalidSignature):
        verify(json.dumps(envelope))


def test_each_transition_is_the_instant_at_which_the_line_opens_or_closes() -> None:
    payload = bundle.payload(NOW)
    version, directory = payload["versions"][0], current_directory(NOW)
    for slug, line in version["lines"].items():
        is_open, gaps = payload["schedules"][line["schedule"]]
        at, hours = datetime.fromisoformat(payload["starts_at"]), directory.lines[slug].hours
        assert bool(is_open) is hours.is_open(at)
        for gap in gaps:
            before, at = at, at + timedelta(minutes=gap)
            assert hours.next_change(before) == at
        if not hours.is_always_open:
            assert at > datetime.fromisoformat(payload["expires_at"])
    chain = next(one for one in version["agencies"] if one["slug"] == "childrens-social-care")
    assert chain["chain"] == ["cass", "edt"]


def big_directory(agencies: int, lines: int) -> dict[str, Any]:
    """Return the shipped directory with many more teams; a team has several lines in turn."""
    document = read_versions(SHIPPED)[0]
    cass = next(line for line in document["lines"] if line["slug"] == "cass")
    for number in range(lines):
        week = {**cass["week"], "mon": [["08:00", f"17:{number % 30:02}"]]}
        later = number + agencies
        line = cass | {"slug": f"line-{number}", "name": f"the team of area {number}"}
        line |= {"week": week, "number": f"0121 496 {number:04}"}
        document["lines"].append(line | ({"fallback": f"line-{later}"} if later < lines else {}))
    for number in range(agencies):
        document["agencies"].append(
            {
                "slug": f"agency-{number}",
                "name": f"Area team {number}",
                "audience": "child",
                "first_line": f"line-{number}",
                "what_for": f"Families of area {number} that need help.",
            }
        )
    return document


@pytest.mark.parametrize(
    ("agencies", "lines", "encoding"), [(0, 0, ""), (280, 280, ""), (500, 2_000, "gzip")]
)
def test_the_bundle_stays_under_100_kilobytes(
    settings: Any, tmp_path: Path, agencies: int, lines: int, encoding: str
) -> None:
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    write_versions(settings.CONTACTS_SNAPSHOT, [big_directory(agencies, lines)])
    answer = Client().get("/get-help-now/bundle.json", headers={"Accept-Encoding": encoding})
    assert answer.get("Content-Encoding", "") == encoding
    assert len(answer.content) < bundle.MOST_BYTES


def test_a_version_that_starts_later_is_in_the_bundle_and_one_that_is_over_is_not(
    settings: Any, tmp_path: Path
) -> None:
    first = read_versions(SHIPPED)[0]
    starts = {
        "now": "2026-10-01T00:00:00+00:00",
        "next": "2026-12-24T00:00:00+00:00",
        "too-late": "2027-03-01T00:00:00+00:00",
    }
    later = [first | {"version": slug, "effective_from": start} for slug, start in starts.items()]
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    write_versions(settings.CONTACTS_SNAPSHOT, [first, *later])
    found = [version["version"] for version in bundle.payload(NOW)["versions"]]
    assert found == ["now", "next"]


def test_the_bundle_is_built_once_a_day_and_for_each_change_of_the_file(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[datetime] = []
    real = bundle.payload

    def counted(now: datetime) -> dict[str, Any]:
        built.append(now)
        return real(now)

    monkeypatch.setattr(bundle, "payload", counted)
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    write_versions(settings.CONTACTS_SNAPSHOT, read_versions(SHIPPED))
    for minutes in (0, 1, 60):
        bundle.bundle_text(NOW + timedelta(minutes=minutes))
    assert len(built) == 1
    bundle.bundle_text(NOW + timedelta(days=1))
    assert len(built) == 2
    changed = read_versions(SHIPPED)[0] | {"version": "changed"}
    write_versions(settings.CONTACTS_SNAPSHOT, [changed])
    assert "changed" in bundle.bundle_text(NOW + timedelta(days=1))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/get-help-now/offline/", "text/html"),
        ("/get-help-now/bundle.json", "application/json"),
        ("/get-help-now/worker.js", "text/javascript"),
        ("/get-help-now/app.webmanifest", "application/manifest+json"),
    ],
)
def test_what_a_device_keeps_needs_no_sign_in_and_no_query(path: str, kind: str) -> None:
    # Without the `db` mark any query is refused.
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    assert answer["Cache-Control"] == "no-cache"
    assert not answer.cookies
    # With a session cookie the same page may not be stored: the worker asks without one.
    signed_in = Client()
    signed_in.cookies[settings.SESSION_COOKIE_NAME] = "x"
    assert signed_in.get(path)["Cache-Control"] == "no-store"


def test_the_copy_names_every_number_and_the_key_that_signs() -> None:
    text = Client().get("/get-help-now/offline/").content.decode()
    for line in current_directory().lines.values():
        assert line.number in text
    assert signing.public_key() in text


def test_the_worker_changes_with_the_directory_and_keeps_only_files_and_the_copy() -> None:
    with time_machine.travel(NOW, tick=False):
        script = Client().get("/get-help-now/worker.js").content.decode()
    kept = json.loads(script.partition("const KEPT = ")[2].partition(";\n")[0])
    assert kept["pages"] == ["/get-help-now/", "/get-help-now/offline/"]
    allowed = ("/static/dist/", "/get-help-now/offline/", "/get-help-now/app.webmanifest")
    assert all(path.startswith(allowed) for path in kept["files"])
    for path in kept["files"]:
        if path.startswith("/static/"):
            assert (settings.BASE_DIR / path[1:]).is_file()


def test_a_key_of_the_council_signs_and_another_kind_is_refused(settings: Any) -> None:
    derived = signing.public_key()
    no_secret = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(pem, pkcs8, no_secret).decode()
    settings.DIRECTORY_SIGNING_KEY = key.replace("\n", "\\n")
    assert signing.public_key() != derived
    verify(bundle.bundle_text(NOW))
    wrong = ed25519.Ed25519PrivateKey.generate().private_bytes(pem, pkcs8, no_secret).decode()
    for bad in (wrong, "not a key"):
        settings.DIRECTORY_SIGNING_KEY = bad
        with pytest.raises(ImproperlyConfigured):
            signing.public_key()


def test_a_week_is_told_in_words() -> None:
    lines = current_directory(NOW).lines
    assert week_words(lines["cass"].hours) == (
        "Monday to Thursday 8:45am to 5:15pm; Friday 8:45am to 4:15pm; closed on bank holidays"
    )
    assert week_words(lines["edt"].hours) == "24 hours, every day"
    night = Hours(((Spell.parse("22:00", "06:00"),),) + ((),) * 5 + ((LINE_SPELL,),), False)
    assert week_words(night) == "Monday 10pm to 6am; Sunday 9am to 5pm"
    two = Hours(((Spell.parse("09:00", "12:00"), Spell.parse("13:00", "24:00")),) * 7, False)
    assert week_words(two) == "Every day 9am to midday and 1pm to midnight"
    assert week_words(Hours(((),) * 7, closed_on_holidays=False)) == "closed"


def test_days_with_other_hours_are_named_in_order() -> None:
    overrides = {date(2026, 12, 24): (Spell.parse("09:00", "13:00"),), date(2026, 12, 23): ()}
    hours = Hours(((LINE_SPELL,),) * 7, overrides=overrides)
    assert unusual_days(hours, NOW.astimezone(LONDON).date(), 60) == [
        "Wednesday 23 December: closed",
        "Thursday 24 December: 9am to 1pm",
    ]
    assert unusual_days(hours, date(2026, 12, 25), 60) == []
