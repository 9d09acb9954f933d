"""Delivery reports over HTTP: GOV.UK Notify's callbacks, and signed webhooks. No sign-in, no page.

Forged, late and repeated reports are refused. Notify proves itself by the bearer token that the
council gives it; every other system signs as `senders/webhook.py` does, with its own key.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from safeguarding_portal.outbox.models import Receipt
from safeguarding_portal.outbox.receipts import NewReceipt, take_receipt

MOST_BYTES = 20_000
WINDOW = timedelta(minutes=5)
NONCE = re.compile(r"[\w-]{16,80}", re.ASCII)
# What Notify says last, after its own tries: all but "delivered" will not arrive by themselves.
# docs.notifications.service.gov.uk, "Delivery receipts" and "Email status descriptions".
NOTIFY_KINDS = {
    "delivered": Receipt.Kind.DELIVERED,
    "permanent-failure": Receipt.Kind.FAILED,
    "temporary-failure": Receipt.Kind.FAILED,
    "technical-failure": Receipt.Kind.FAILED,
}
WEBHOOK_KINDS = frozenset(Receipt.Kind.values)


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def notify(request: HttpRequest) -> HttpResponse:
    """Take a delivery receipt from GOV.UK Notify; one that comes again is answered, not counted."""
    token = settings.NOTIFY_CALLBACK_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        return HttpResponse(status=403)
    body = _json(request)
    kind = NOTIFY_KINDS.get(_text(body, "status"))
    ids = tuple(item for item in (_text(body, "reference"), _text(body, "id")) if item)
    if kind is None or not ids:
        return HttpResponse(status=400)
    take_receipt(
        NewReceipt(
            source=Receipt.Source.NOTIFY,
            kind=kind,
            dedupe_key=_digest("notify", *ids, kind),
            ids=ids,
            code=_text(body, "status"),
            happened_at=_moment(_text(body, "completed_at") or _text(body, "sent_at")),
        ),
        timezone.now(),
    )
    return HttpResponse(status=204)


@login_not_required
@csrf_exempt
@never_cache
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Take a signed report: {"id": our id or the provider's, "kind": ..., "at": ..., "code": ...}.

    403: not signed by the key. 409: too old, too new, or seen before. 400: not understood.
    """
    now = timezone.now()
    nonce = request.headers.get("X-Portal-Nonce", "")
    sent_at = request.headers.get("X-Portal-Timestamp", "")
    if not _is_signed(request, sent_at, nonce):
        return HttpResponse(status=403)
    if abs(now.timestamp() - int(sent_at)) > WINDOW.total_seconds():
        return HttpResponse(status=409)
    body = _json(request)
    kind, known = _text(body, "kind"), _text(body, "id")
    if kind not in WEBHOOK_KINDS or not known:
        return HttpResponse(status=400)
    new = NewReceipt(
        source=Receipt.Source.WEBHOOK,
        kind=kind,
        dedupe_key=_digest("webhook", nonce),
        ids=(known,),
        code=_text(body, "code"),
        happened_at=_moment(_text(body, "at")),
    )
    return HttpResponse(status=204 if take_receipt(new, now) else 409)


def _is_signed(request: HttpRequest, sent_at: str, nonce: str) -> bool:
    key = settings.RECEIPTS_SIGNING_KEY.encode()
    is_time = sent_at.isascii() and sent_at.isdecimal() and len(sent_at) <= 12
    if not key or not is_time or not NONCE.fullmatch(nonce) or _is_large(request):
        return False
    signed = f"{sent_at}.{nonce}.".encode() + request.body
    right = hmac.new(key, signed, hashlib.sha256).hexdigest()
    given = request.headers.get("X-Portal-Signature", "")
    return hmac.compare_digest(given.encode(), right.encode())


def _is_large(request: HttpRequest) -> bool:
    length = request.headers.get("Content-Length", "")
    return not length.isdecimal() or int(length) > MOST_BYTES


def _json(request: HttpRequest) -> dict[str, Any]:
    """Return the body as an object; an empty one for anything else."""
    if _is_large(request):
        return {}
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _text(body: dict[str, Any], name: str) -> str:
    """Return a short printable text of the body, or nothing."""
    value = body.get(name)
    return value[:100] if isinstance(value, str) and value.isprintable() else ""


def _moment(text: str) -> datetime | None:
    """Return an aware time, or None when there is none."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _digest(*parts: str) -> str:
    return f"{parts[0]}:{hashlib.sha256('.'.join(parts).encode()).hexdigest()}"
