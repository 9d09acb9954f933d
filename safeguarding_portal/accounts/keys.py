"""Keys for what the database holds encrypted: kept pages, and the secrets of second factors."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def fernet_of(salt: str, keys: Sequence[str]) -> MultiFernet:
    """Return the keys: the first encrypts, all decrypt; without any, one made from SECRET_KEY."""
    derived = hashlib.sha256(f"{salt}:{settings.SECRET_KEY}".encode()).digest()
    return MultiFernet([Fernet(k) for k in keys or [base64.urlsafe_b64encode(derived).decode()]])
