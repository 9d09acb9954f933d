"""E-mail and text messages through GOV.UK Notify, with the client that Notify publishes.

One Notify template each, with the personalisation `subject` and `body` (`body` only for SMS). Our
id is Notify's `reference`, by which a repeat is recognised and a callback finds its message.
"""

from __future__ import annotations

from functools import lru_cache

import requests
from django.conf import settings
from notifications_python_client.errors import HTTPError
from notifications_python_client.notifications import NotificationsAPIClient

from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import render

TIMEOUT_SECONDS = 15
# A wrong request or key does not mend itself; too many requests and server faults do.
PERMANENT = {400, 403, 404, 410}


def send(message: Message, address: str) -> str:
    """Hand the message to Notify; return Notify's id."""
    words = render(message)
    reference = str(message.public_id)
    try:
        if message.channel == Message.Channel.SMS:
            answer = _client().send_sms_notification(
                phone_number=address,
                template_id=settings.NOTIFY_SMS_TEMPLATE_ID,
                personalisation={"body": f"{words.subject}\n{words.body}"},
                reference=reference,
            )
        else:
            answer = _client().send_email_notification(
                email_address=address,
                template_id=settings.NOTIFY_EMAIL_TEMPLATE_ID,
                personalisation={"subject": words.subject, "body": words.body},
                reference=reference,
            )
    except HTTPError as error:
        code = error.status_code
        if code in PERMANENT:
            raise PermanentSendError(f"GOV.UK Notify refused it for good ({code}).") from error
        raise TransientSendError(f"GOV.UK Notify asks to try later ({code}).") from error
    except requests.RequestException as error:
        raise TransientSendError("GOV.UK Notify did not answer.") from error
    return str(answer["id"])


@lru_cache(maxsize=1)
def _client() -> NotificationsAPIClient:
    """Return the client; it keeps its connection open between messages."""
    return NotificationsAPIClient(
        settings.NOTIFY_API_KEY, base_url=settings.NOTIFY_BASE_URL, timeout=TIMEOUT_SECONDS
    )
