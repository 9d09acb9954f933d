"""A signed POST to another system of the council or of an agency.

Signature: HMAC-SHA-256 over "timestamp.nonce.body" with `WEBHOOK_SIGNING_KEY`. The receiver refuses
what is older than five minutes or a nonce it has seen, and knows a repeat by `id`. Redirects are
not followed, the answer's body is not read.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid

import requests
from django.conf import settings
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema

from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import full_context

TIMEOUT_SECONDS = (5, 10)
TRY_LATER = {408, 425, 429}


def send(message: Message, address: str) -> str:
    """POST the message; return the receiver's `X-Request-Id`, else our own id."""
    own_id = str(message.public_id)
    body = json.dumps(
        {"id": own_id, "kind": message.kind, **full_context(message)}, sort_keys=True
    ).encode()
    headers = signed_headers(body, int(time.time()), uuid.uuid4().hex)
    try:
        with requests.post(
            address,
            data=body,
            headers=headers,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as answer:
            code = answer.status_code
            their_id = answer.headers.get("X-Request-Id", own_id)[:100]
    except (MissingSchema, InvalidSchema, InvalidURL) as error:
        raise PermanentSendError("The address is not that of a web service.") from error
    except requests.RequestException as error:
        raise TransientSendError("The receiving system did not answer.") from error
    if 200 <= code < 300:
        return their_id
    if code >= 500 or code in TRY_LATER:
        raise TransientSendError(f"The receiving system asks to try later ({code}).")
    raise PermanentSendError(f"The receiving system refused it ({code}).")


def signed_headers(body: bytes, timestamp: int, nonce: str) -> dict[str, str]:
    """Return the headers that prove who sent the body, and when (`timestamp` in Unix seconds).

    Raises `TransientSendError` without a key: an unsigned message is never sent.
    """
    key = settings.WEBHOOK_SIGNING_KEY.encode()
    if not key:
        raise TransientSendError("WEBHOOK_SIGNING_KEY is not set.")
    signed = f"{timestamp}.{nonce}.".encode() + body
    return {
        "Content-Type": "application/json",
        "X-Portal-Timestamp": str(timestamp),
        "X-Portal-Nonce": nonce,
        "X-Portal-Signature": hmac.new(key, signed, hashlib.sha256).hexdigest(),
    }
