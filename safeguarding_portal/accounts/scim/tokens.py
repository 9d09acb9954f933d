"""Keys of the council's directory: made and ended at the command line, known by their hash.

new_token(name, now) -> (DirectoryToken, secret)
token_of(header, now) -> DirectoryToken | None
revoke_token(pk, now) -> None
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from safeguarding_portal.accounts.models import DirectoryToken
from safeguarding_portal.audit.services import record

VALID_FOR = timedelta(days=365)
# How often the row says that the key was used; each request would be a write.
_NOTED_EVERY = timedelta(hours=1)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def new_token(name: str, now: datetime) -> tuple[DirectoryToken, str]:
    """Make a key; the secret is shown once. Others stay valid until they are revoked."""
    secret = secrets.token_urlsafe(32)
    token = DirectoryToken.objects.create(
        name=name, token_hash=_hash(secret), made_at=now, expires_at=now + VALID_FOR
    )
    _record("directory_token.made", token)
    return token, secret


@transaction.atomic
def revoke_token(pk: int, now: datetime) -> None:
    """End a key at once. Raises `DirectoryToken.DoesNotExist`."""
    token = DirectoryToken.objects.select_for_update().get(pk=pk, revoked_at=None)
    token.revoked_at = now
    token.save(update_fields=["revoked_at"])
    _record("directory_token.revoked", token)


def token_of(header: str, now: datetime) -> DirectoryToken | None:
    """Return the key of an Authorization header, if it is one of ours and still valid."""
    kind, _, secret = header.partition(" ")
    if kind.lower() != "bearer" or not secret:
        return None
    found = DirectoryToken.objects.filter(
        token_hash=_hash(secret.strip()), revoked_at=None, expires_at__gt=now
    ).first()
    if found and (found.last_used_at is None or found.last_used_at < now - _NOTED_EVERY):
        DirectoryToken.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def _record(name: str, token: DirectoryToken) -> None:
    record(
        name,
        actor_label="command line",
        object_type="directory_token",
        object_id=str(token.pk),
    )
