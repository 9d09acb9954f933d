"""How allauth's second factors behave here: secrets encrypted at rest, our names, our words."""

from __future__ import annotations

import base64
import logging
import secrets

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import InvalidToken
from django.conf import settings

from safeguarding_portal.accounts.keys import fernet_of
from safeguarding_portal.context import PORTAL_NAME

logger = logging.getLogger(__name__)
_SALT = "safeguarding_portal.mfa"


class MFAAdapter(DefaultMFAAdapter):
    """Keeps a copy of the database from being a copy of everybody's codes."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": (
            "Enter the code that your app shows now, or a recovery code that you have not used"
        ),
        "unverified_email": "Prove your email address first: sign in with the code we emailed you",
    }

    def encrypt(self, text: str) -> str:
        """Encrypt the secret of an app or of recovery codes for the database."""
        return fernet_of(_SALT, settings.MFA_KEYS).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret. After a lost key nothing fits any more: no guessable secret instead."""
        try:
            return fernet_of(_SALT, settings.MFA_KEYS).decrypt(encrypted_text).decode()
        except InvalidToken:
            logger.exception("a second factor cannot be decrypted: is a key missing?")
            return base64.b32encode(secrets.token_bytes(20)).decode()

    def _get_site_name(self) -> str:
        return PORTAL_NAME
