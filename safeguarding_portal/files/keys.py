"""The master keys, which wrap the key of each file, and the place where a KMS can stand instead.

Every stored object has a data key of its own. Only its wrapped form is kept, beside the id of the
master key that wrapped it: changing a master key re-wraps a few bytes an object and touches no
file, and throwing a wrapped key away makes its object unreadable for ever.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from safeguarding_portal.files.errors import DamagedFileError

NONCE_BYTES = 12
KEY_BYTES = 32


@dataclass(frozen=True)
class WrappedKey:
    """A data key as it is kept: under which master key, and the bytes only that key opens."""

    key_id: str
    wrapped: bytes


class KeyProvider(Protocol):
    """What wraps and unwraps data keys: keys from the environment, or a KMS behind two calls.

    `bound_to` is the id of the object: a wrapped key works for no other. `unwrap` raises
    `DamagedFileError` when the key is unknown or the bytes are not what was wrapped, and `OSError`
    when the provider is away.
    """

    @property
    def current_id(self) -> str:
        """The id of the key that wraps now."""
        ...

    def wrap(self, data_key: bytes, bound_to: bytes) -> WrappedKey:
        """Wrap a data key under the current master key."""
        ...

    def unwrap(self, key: WrappedKey, bound_to: bytes) -> bytes:
        """Return the data key."""
        ...


class EnvironmentKeys:
    """Master keys of FILES_KEYS, each `id:base64 of 32 bytes`: the first wraps, all unwrap."""

    def __init__(self, lines: list[str]) -> None:
        """Raise `ImproperlyConfigured` for a line that is no key, without quoting it.

        And for two of one id, of which one would be lost, with every file under it.
        """
        self._keys = dict(_read(line) for line in lines)
        if len(self._keys) < len(lines):
            raise ImproperlyConfigured("Two of FILES_KEYS have one id: give each its own.")
        self.current_id = next(iter(self._keys))

    def wrap(self, data_key: bytes, bound_to: bytes) -> WrappedKey:
        """Wrap a data key under the first key."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self._keys[self.current_id]).encrypt(nonce, data_key, bound_to)
        return WrappedKey(self.current_id, nonce + sealed)

    def unwrap(self, key: WrappedKey, bound_to: bytes) -> bytes:
        """Return the data key."""
        master = self._keys.get(key.key_id)
        if master is None:
            raise DamagedFileError(f"No master key has the id {key.key_id}.")
        nonce, sealed = key.wrapped[:NONCE_BYTES], key.wrapped[NONCE_BYTES:]
        try:
            return AESGCM(master).decrypt(nonce, sealed, bound_to)
        except InvalidTag as error:
            raise DamagedFileError("A wrapped key was changed.") from error


def _read(line: str) -> tuple[str, bytes]:
    key_id, _, text = line.partition(":")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if not key_id or len(key) != KEY_BYTES:
        raise ImproperlyConfigured(
            "Each of FILES_KEYS is an id, a colon, and 32 bytes in base64 (docs/operations.md)."
        )
    return key_id, key


def environment_keys() -> EnvironmentKeys:
    """Return the keys of the environment; in demo mode without any, one made from SECRET_KEY."""
    lines = settings.FILES_KEYS
    if not lines and settings.IS_DEMO:
        derived = hashlib.sha256(f"files:{settings.SECRET_KEY}".encode()).digest()
        lines = [f"demo:{base64.b64encode(derived).decode()}"]
    if not lines:
        raise ImproperlyConfigured("Set FILES_KEYS: the keys under which files are kept.")
    return EnvironmentKeys(lines)


@lru_cache(maxsize=4)
def _provider(path: str, lines: tuple[str, ...]) -> KeyProvider:
    provider: KeyProvider = import_string(path)()
    return provider


def key_provider() -> KeyProvider:
    """Return what FILES_KEY_PROVIDER names: a callable without arguments that gives a provider."""
    return _provider(settings.FILES_KEY_PROVIDER, tuple(settings.FILES_KEYS))
