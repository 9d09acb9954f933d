"""Sign-in and its neighbours, in the portal's form style: allauth decides, these only show."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms

from safeguarding_portal.design_system.forms import PortalFormMixin


class _Plain(PortalFormMixin):
    """Takes away what allauth adds for its own templates."""

    labels: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self.labels.items():
            if name in self.fields:
                self.fields[name].label = label
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, allauth_forms.LoginForm):
    """E-mail and password."""

    title = "Sign in"
    labels = {"login": "Email address", "password": "Password"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
        self.fields["login"].error_messages["required"] = "Enter your email address"
        self.fields["password"].error_messages["required"] = "Enter your password"


class SignUpForm(_Plain, allauth_forms.SignupForm):
    """An account for an invited person, or one with an address in an allowed domain."""

    title = "Create your account"
    full_name = forms.CharField(label="Full name", max_length=120)
    labels = {
        "email": "Work email address",
        "password1": "Choose a password",
        "password2": "Type it again",
    }

    def save(self, request: Any) -> Any:
        """Keep the name besides what allauth keeps."""
        user = super().save(request)
        user.full_name = self.cleaned_data["full_name"]
        user.save(update_fields=["full_name"])
        return user


class ResetPasswordForm(_Plain, allauth_forms.ResetPasswordForm):
    """Where to send the code."""

    title = "Reset your password"
    labels = {"email": "Email address"}


class NewPasswordForm(_Plain, allauth_forms.ResetPasswordKeyForm):
    """The new password, twice."""

    title = "Choose a new password"
    labels = {"password1": "New password", "password2": "Type it again"}


class ChangePasswordForm(_Plain, allauth_forms.ChangePasswordForm):
    """The old password and the new one."""

    title = "Change your password"


class SetPasswordForm(_Plain, allauth_forms.SetPasswordForm):
    """A first password."""

    title = "Choose a password"


class ReauthenticateForm(_Plain, allauth_forms.ReauthenticateForm):
    """The password once more, before a dangerous act."""

    title = "Enter your password again"


class EmailCodeForm(_Plain, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that proves an address."""

    title = "Enter the code we sent you"


class ResetCodeForm(_Plain, allauth_forms.ConfirmPasswordResetCodeForm):
    """The code that allows a new password."""

    title = "Enter the code we sent you"
