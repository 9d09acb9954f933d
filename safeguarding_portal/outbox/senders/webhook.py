"""A signed POST to another system of the council or of an agency.

Signature: HMAC-SHA-256 over "timestamp.nonce.body" with `WEBHOOK_SIGNING_KEY`. The receiver refuses
what is older than five minutes or a nonce it has seen. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid

import requests
from django.conf import settings

from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message

TIMEOUT_SECONDS = (5, 10)
TRY_LATER = {408, 425, 429}


def send(message: Message, address: str) -> str:
    """POST the message; return the receiver's `X-Request-Id`, else our own id."""
    body = json.dumps(
        {"id": str(message.public_id), "kind": message.kind, **message.context}, sort_keys=True
    ).encode()
    try:
        answer = requests.post(
            address,
            data=body,
            headers=signed_headers(body, int(time.time()), uuid.uuid4().hex),
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        raise TransientSendError("The receiving system did not answer.") from error
    if answer.ok and not answer.is_redirect:
        return answer.headers.get("X-Request-Id", str(message.public_id))[:100]
    if answer.status_code >= 500 or answer.status_code in TRY_LATER:
        raise TransientSendError(f"The receiving system asks to try later ({answer.status_code}).")
    raise PermanentSendError(f"The receiving system refused it ({answer.status_code}).")


def signed_headers(body: bytes, timestamp: int, nonce: str) -> dict[str, str]:
    """Return the headers that prove who sent the body, and when (`timestamp` in Unix seconds)."""
    signed = f"{timestamp}.{nonce}.".encode() + body
    key = settings.WEBHOOK_SIGNING_KEY.encode()
    if not key:
        raise PermanentSendError("WEBHOOK_SIGNING_KEY is not set.")
    return {
        "Content-Type": "application/json",
        "X-Portal-Timestamp": str(timestamp),
        "X-Portal-Nonce": nonce,
        "X-Portal-Signature": hmac.new(key, signed, hashlib.sha256).hexdigest(),
    }
