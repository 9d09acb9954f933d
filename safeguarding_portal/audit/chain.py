"""The sums of the chain: leaves, Merkle root, digest, signature. Pure; nothing here reads a row.

Leaf and node have different first bytes, so that no node can pass for a leaf (as in RFC 6962).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LEAF, NODE = b"\x00", b"\x01"
SIZE = 32
PURPOSE = b"safeguarding portal: audit seals"


def leaf_of(canonical: str) -> bytes:
    """Return the leaf of one event; `canonical` is its row as the one JSON text of `leaves.py`."""
    return hashlib.sha256(LEAF + canonical.encode()).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaves in their order; the last of an odd row moves up unchanged.

    Raises `ValueError` without leaves: an empty seal would say nothing.
    """
    if not leaves:
        raise ValueError("A seal needs at least one event.")
    row = list(leaves)
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        above = [hashlib.sha256(NODE + left + right).digest() for left, right in pairs]
        row = above + row[len(above) * 2 :]
    return row[0]


def digest_of(previous: str, root: str, event_ids: Sequence[int], sealed_at: datetime) -> str:
    """Return the digest (hex) that ties a seal to the one before; `sealed_at` is aware."""
    moment = sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    ids = hashlib.sha256(",".join(map(str, event_ids)).encode()).hexdigest()
    return hashlib.sha256(f"{previous}|{root}|{ids}|{moment}".encode()).hexdigest()


def sign(digest: str) -> str:
    """Return the signature (hex) over a digest with the key of the settings."""
    return _private_key(settings.AUDIT_SEAL_KEY, settings.SECRET_KEY).sign(digest.encode()).hex()


def is_signed(digest: str, signature: str) -> bool:
    """Whether one of the known keys signed the digest: the present one, or one used before."""
    try:
        raw = bytes.fromhex(signature)
    except ValueError:
        return False
    return any(_fits(key, raw, digest) for key in known_public_keys())


def known_public_keys() -> tuple[Ed25519PublicKey, ...]:
    """Return the public keys that may have signed: the present one first."""
    present = _private_key(settings.AUDIT_SEAL_KEY, settings.SECRET_KEY).public_key()
    return (present, *_old_keys(tuple(settings.AUDIT_OLD_PUBLIC_KEYS)))


def public_key_text() -> str:
    """Return the present public key, base64 of its 32 bytes, to be kept outside the portal."""
    raw = known_public_keys()[0].public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )
    return base64.b64encode(raw).decode()


def _fits(key: Ed25519PublicKey, signature: bytes, digest: str) -> bool:
    try:
        key.verify(signature, digest.encode())
    except InvalidSignature:
        return False
    return True


@lru_cache(maxsize=4)
def _private_key(text: str, secret: str) -> Ed25519PrivateKey:
    """Return the key of the setting, or the one that follows from the portal's secret."""
    if not text:
        derived = HKDF(hashes.SHA256(), length=SIZE, salt=None, info=PURPOSE).derive(
            secret.encode()
        )
        return Ed25519PrivateKey.from_private_bytes(derived)
    return Ed25519PrivateKey.from_private_bytes(_decoded(text, "AUDIT_SEAL_KEY"))


@lru_cache(maxsize=4)
def _old_keys(texts: tuple[str, ...]) -> tuple[Ed25519PublicKey, ...]:
    return tuple(
        Ed25519PublicKey.from_public_bytes(_decoded(text, "AUDIT_OLD_PUBLIC_KEYS"))
        for text in texts
    )


def _decoded(text: str, setting: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ImproperlyConfigured(f"{setting} is not base64.") from error
    if len(raw) != SIZE:
        raise ImproperlyConfigured(f"{setting} must be {SIZE} bytes in base64.")
    return raw
