"""E-mail over SMTP, with Django's backend; one connection is kept open per worker and thread."""

from __future__ import annotations

import contextlib
import smtplib
import threading
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from safeguarding_portal.outbox.errors import PermanentSendError, SendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import render

OK = 250
# What the server says about us and not about this message: somebody mends it, then it goes.
NOT_ABOUT_THE_MESSAGE = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPNotSupportedError,
)
AUTHENTICATION_REQUIRED = 530


class _Kept(threading.local):
    backend: EmailBackend | None = None


_kept = _Kept()


def send(message: Message, address: str) -> str:
    """Hand the message to the mail server; return its Message-ID, the same at every try."""
    mail = _mail(message, address)
    try:
        taken = _connection().send_messages([mail])
    except ValueError as error:
        raise PermanentSendError("The address or a header cannot be written as e-mail.") from error
    except (smtplib.SMTPException, OSError) as error:
        close_connection()
        raise _classified(error) from error
    if not taken:
        raise PermanentSendError("There is nobody to send it to.")
    return str(mail.extra_headers["Message-ID"])


def _mail(message: Message, address: str) -> EmailMessage:
    words = render(message)
    headers = {
        "Message-ID": stable_message_id(message),
        # RFC 3834: no holiday reply may answer this, and none may count as an answer.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if message.priority == 1:
        headers["Importance"] = "high"
    if address != message.recipient:
        headers["X-Intended-For"] = message.recipient
    return EmailMessage(subject=words.subject, body=words.body, to=[address], headers=headers)


def stable_message_id(message: Message) -> str:
    """Return the Message-ID by which a reader recognises a repeat of the same message."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{message.public_id}@{domain}>"


def _connection() -> EmailBackend:
    """Return the kept connection, opened again if the server has hung up meanwhile."""
    kept = _kept.backend
    if kept is not None:
        if _is_alive(kept):
            return kept
        close_connection()
    backend = EmailBackend()
    try:
        backend.open()
    except (smtplib.SMTPException, OSError):
        # A connection that got half-way, up to the sign-in, is still open.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            backend.close()
        raise
    _kept.backend = backend
    return backend


def _is_alive(backend: EmailBackend) -> bool:
    """Whether it leads to the server that the settings name, and that server still listens."""
    here = (backend.host, backend.port) == (settings.EMAIL_HOST, settings.EMAIL_PORT)
    if not here or backend.connection is None:
        return False
    try:
        code, _ = backend.connection.noop()
    except (smtplib.SMTPException, OSError):
        return False
    return bool(code == OK)


def close_connection() -> None:
    """Close the kept connection: after a fault its state is not known."""
    backend, _kept.backend = _kept.backend, None
    if backend is not None and backend.connection is not None:
        # Not QUIT: a server that hangs would make us wait for its farewell as well.
        backend.connection.close()


def _classified(error: Exception) -> SendError:
    """Return what an SMTP fault means: 4xx may work later, 5xx never (RFC 5321, section 4.2.1)."""
    if isinstance(error, NOT_ABOUT_THE_MESSAGE):
        return TransientSendError("The mail server does not let us in.")
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(code for code, _ in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        code = error.smtp_code
    else:
        return TransientSendError("The mail server did not answer.")
    if code >= 500 and code != AUTHENTICATION_REQUIRED:
        return PermanentSendError(f"The mail server refused it for good ({code}).")
    return TransientSendError(f"The mail server asks to try later ({code}).")
