"""Forms of second factors, of the idle lock, and of proving who one is."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from safeguarding_portal.accounts.factors import Reason
from safeguarding_portal.accounts.forms import AccountFormMixin
from safeguarding_portal.accounts.models import User
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    EmailField,
    PortalForm,
    TextField,
    TickField,
)

_CODE_HINT = "6 digits that change every 30 seconds."
_FOR_CODES = {"inputmode": "numeric", "autocomplete": "one-time-code"}
_USED_FOR = 120
PASSKEY_FAILED = "The passkey could not be checked. Try again"
# What a forged answer of a passkey makes the libraries raise.
_UNREADABLE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    InvalidSignature,
    LookupError,
    TypeError,
    ValueError,
    struct.error,
)
Read = TypeVar("Read")


def _readable(read: Callable[..., Read]) -> Callable[..., Read]:
    """Answer whatever a browser sends as a passkey in plain words."""

    @wraps(read)
    def guarded(*args: Any) -> Read:
        try:
            return read(*args)
        except ValidationError as error:
            if getattr(error, "code", "") != "incorrect_code":
                raise
            raise ValidationError(PASSKEY_FAILED) from error
        except _UNREADABLE as error:
            raise ValidationError(PASSKEY_FAILED) from error

    return guarded


def without_blanks(code: str) -> str:
    """Return a code as it is checked: people type the gap that their app shows."""
    return re.sub(r"[\s-]", "", code)


class SecondFactorForm(AccountFormMixin, mfa_forms.AuthenticateForm):
    """The code of an app, or a recovery code. allauth counts the tries of each person."""

    title = "Enter the code from your app"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = f"{_CODE_HINT} Or a recovery code of 8 digits, used once."
        self.fields["code"].help_text = hint
        self.fields["code"].widget.attrs |= _FOR_CODES

    def clean_code(self) -> str:
        """Refuse a code that was used before: with a step of tolerance it lives for 90 seconds."""
        code = self.cleaned_data["code"] = without_blanks(self.cleaned_data["code"])
        super().clean_code()
        is_app = self.authenticator.type == Authenticator.Type.TOTP
        if is_app and not cache.add(used_key(self.user.pk, code), 1, timeout=_USED_FOR):
            raise ValidationError("This code was used already. Wait for the next one")
        return str(code)


def used_key(user_pk: int, code: str) -> str:
    """Return where it is noted that the person has used this code."""
    return f"accounts.totp-used:{user_pk}:{code}"


class AppForm(AccountFormMixin, totp_forms.ActivateTOTPForm):
    """The first code of an app that was just set up: it proves that the app has the secret."""

    title = "Set up an authenticator app"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Code that the app shows"
        self.fields["code"].help_text = _CODE_HINT
        self.fields["code"].widget.attrs |= _FOR_CODES

    def clean_code(self) -> str:
        """Check the code against the secret that the page showed."""
        self.cleaned_data["code"] = without_blanks(self.cleaned_data["code"])
        try:
            return str(super().clean_code())
        except ValidationError as error:
            if getattr(error, "code", "") == "incorrect_code":
                raise ValidationError(
                    "Enter the code that the app shows now", code="incorrect_code"
                ) from error
            raise


class PasskeyForm(PortalForm):
    """A new passkey: its name, and what the browser made."""

    title = "Add a passkey"

    name = TextField(
        "Name of the passkey",
        hint="So that you know it again, like: work laptop.",
        empty="Enter a name for the passkey",
        max_chars=40,
    )
    credential = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": PASSKEY_FAILED}
    )

    @_readable
    def clean_credential(self) -> dict[str, Any]:
        """Verify the registration against the question this session asked."""
        credential: dict[str, Any] = json.loads(self.cleaned_data["credential"])
        webauthn.parse_registration_response(credential)
        if not webauthn.complete_registration(credential).is_user_verified():
            raise ValidationError("The passkey must ask for your finger, your face or a PIN")
        return credential

    def clean(self) -> dict[str, Any]:
        """Ask for the name first: until there is one, the browser makes no passkey."""
        if "name" in self.errors:
            self.errors.pop("credential", None)
        return super().clean() or {}


class PasskeyProofForm(PortalForm):
    """The answer of a passkey of the person who is signed in."""

    title = "Use a passkey"

    credential = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": PASSKEY_FAILED}
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    @_readable
    def clean_credential(self) -> Authenticator:
        """Verify the answer; tries are counted with those of codes."""
        clear_count = check_rate_limit(self.user)
        credential = json.loads(self.cleaned_data["credential"])
        webauthn.parse_authentication_response(credential)
        found: Authenticator = webauthn.complete_authentication(self.user, credential)
        clear_count()
        return found


class PasskeySignInForm(webauthn_forms.LoginWebAuthnForm):
    """The answer of a passkey of whoever wants to sign in: it says who they are."""

    @_readable
    def clean_credential(self) -> Authenticator:
        """Verify the answer."""
        found: Authenticator = super().clean_credential()
        return found


class PasswordProofForm(AccountFormMixin, forms.Form):
    """The password once more."""

    title = "Confirm that it is you"

    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        """Check it as at sign-in: the same limit of tries, the same trace of a wrong one."""
        password: str = self.cleaned_data["password"]
        email = self.request.user.email  # type: ignore[union-attr]
        found = get_adapter(self.request).authenticate(self.request, email=email, password=password)
        if found is None or found.pk != self.request.user.pk:
            raise get_adapter().validation_error("incorrect_password")
        return password


class ResetFactorForm(PortalForm):
    """Whose second factor to reset, and why."""

    title = "Reset somebody’s second factor"

    email = EmailField("Their email address", empty="Enter their email address")
    reason = ChoiceField("Why?", Reason.choices, empty="Select why")
    is_sure = TickField(
        "I have spoken to them, in person or on a number that I know, and it was them",
        empty="Speak to them first, and say so here",
    )
