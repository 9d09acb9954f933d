"""E-mail over SMTP, with Django's backend; one connection is kept open per worker process."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import render

_kept: list[EmailBackend] = []


def send(message: Message, address: str) -> str:
    """Hand the message to the mail server; return its Message-ID, the same at every try."""
    message_id = stable_message_id(message)
    words = render(message)
    mail = EmailMessage(
        subject=words.subject,
        body=words.body,
        to=[address],
        headers={
            "Message-ID": message_id,
            "Auto-Submitted": "auto-generated",
            "X-Portal-Reference": str(message.public_id),
        },
    )
    try:
        _connection().send_messages([mail])
    except smtplib.SMTPRecipientsRefused as error:
        _forget()
        code = max(code for code, _ in error.recipients.values())
        raise _classified(code) from error
    except smtplib.SMTPResponseException as error:
        _forget()
        raise _classified(error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        _forget()
        raise TransientSendError("The mail server did not take it.") from error
    return message_id


def stable_message_id(message: Message) -> str:
    """Return the Message-ID by which a reader recognises a repeat of the same message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.public_id}@{domain}>"


def _connection() -> EmailBackend:
    """Return the kept connection, opening it again if the server has hung up meanwhile."""
    if not _kept:
        _kept.append(EmailBackend())
    backend = _kept[0]
    if backend.connection is not None:
        try:
            backend.connection.noop()
            alive = True
        except (smtplib.SMTPException, OSError):
            alive = False
        if not alive:
            _forget()
            _kept.append(EmailBackend())
            backend = _kept[0]
    backend.open()
    return backend


def _forget() -> None:
    """Close the kept connection: after a fault its state is not known."""
    while _kept:
        backend = _kept.pop()
        backend.fail_silently = True
        backend.close()


def _classified(code: int) -> TransientSendError | PermanentSendError:
    """Return the error for an SMTP reply: 4xx may work later, 5xx never (RFC 5321, 4.2.1)."""
    if code >= 500:
        return PermanentSendError(f"The mail server refused it for good ({code}).")
    return TransientSendError(f"The mail server asks to try later ({code}).")
