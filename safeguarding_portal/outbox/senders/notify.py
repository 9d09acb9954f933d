"""E-mail and text messages through GOV.UK Notify, with the client that Notify publishes.

One Notify template each, with the personalisation `subject` and `body` (`body` only for SMS). Our
id is Notify's `reference`, by which a repeat is recognised.
"""

from __future__ import annotations

import threading
from typing import Any

from django.conf import settings
from notifications_python_client.errors import HTTPError, InvalidResponse
from notifications_python_client.notifications import NotificationsAPIClient

from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import render

TIMEOUT_SECONDS = 15
# Wrong in itself, or too old to be taken. A key that Notify does not know (403) is ours to mend,
# and 429 and server faults mend themselves.
PERMANENT = {400, 404, 410, 413}


class _Kept(threading.local):
    client: NotificationsAPIClient | None = None
    made_with: tuple[str, str] | None = None


_kept = _Kept()


def send(message: Message, address: str) -> str:
    """Hand the message to Notify; return Notify's id.

    Notify takes the same reference twice. A second try therefore asks first whether the first one
    arrived: its answer may have been lost on the way.
    """
    client = _client()
    try:
        if message.attempts > 1 and (known := _id_of_earlier_try(client, message)):
            return known
        answer = _create(client, message, address)
    except HTTPError as error:
        code = error.status_code
        if code in PERMANENT:
            raise PermanentSendError(f"GOV.UK Notify refused it for good ({code}).") from error
        raise TransientSendError(f"GOV.UK Notify asks to try later ({code}).") from error
    except InvalidResponse as error:
        raise TransientSendError("GOV.UK Notify gave no readable answer.") from error
    return str(answer["id"])


def _create(client: NotificationsAPIClient, message: Message, address: str) -> Any:
    words = render(message)
    reference = str(message.public_id)
    if message.channel == Message.Channel.SMS:
        return client.send_sms_notification(
            phone_number=address,
            template_id=settings.NOTIFY_SMS_TEMPLATE_ID,
            personalisation={"body": f"{words.subject}\n{words.body}"},
            reference=reference,
        )
    return client.send_email_notification(
        email_address=address,
        template_id=settings.NOTIFY_EMAIL_TEMPLATE_ID,
        personalisation={"subject": words.subject, "body": words.body},
        reference=reference,
    )


def _id_of_earlier_try(client: NotificationsAPIClient, message: Message) -> str | None:
    found = client.get_all_notifications(reference=str(message.public_id))["notifications"]
    return str(found[0]["id"]) if found else None


def _client() -> NotificationsAPIClient:
    """Return this thread's client, which keeps its connection open between messages."""
    wanted = (settings.NOTIFY_API_KEY, settings.NOTIFY_BASE_URL)
    if _kept.client is None or _kept.made_with != wanted:
        key, base_url = wanted
        _kept.client = NotificationsAPIClient(key, base_url=base_url, timeout=TIMEOUT_SECONDS)
        _kept.made_with = wanted
    return _kept.client
