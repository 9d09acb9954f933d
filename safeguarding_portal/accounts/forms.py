"""The forms of sign-in, allauth's own with our words, our templates and our care for input."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account import forms as allauth_forms

from safeguarding_portal.accounts.adapter import may_open_account
from safeguarding_portal.accounts.models import PersonKind
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    EmailField,
    LongTextField,
    PhoneField,
    PortalForm,
    PortalFormMixin,
    TextField,
)

# What a form calls "no role": a choice needs a value that is not empty.
REPORTER = "reporter"

HOW_TO_CHOOSE = "At least 12 characters. Three words that only you would put together work well."
_WORDS: dict[str, tuple[str, str, str]] = {
    "login": ("Email address", "", "Enter your email address"),
    "email": ("Email address", "", "Enter your email address"),
    "password": ("Password", "", "Enter your password"),
    "oldpassword": ("Current password", "", "Enter your current password"),
    "password1": ("New password", HOW_TO_CHOOSE, "Enter a new password"),
    "password2": ("New password again", "", "Enter the new password again"),
    "code": (
        "Code",
        "8 letters, like BCDF-GHJK. Capitals and the dash do not matter.",
        "Enter the code",
    ),
}


class AccountFormMixin(PortalFormMixin):
    """Puts GOV.UK style labels, hints and errors on a form of allauth."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, hint, empty) in _WORDS.items():
            if field := self.fields.get(name):
                field.label, field.help_text = label, hint
                field.error_messages |= {
                    "required": empty,
                    "invalid": "Enter an email address in full, like name@example.org",
                }
                field.widget.attrs.pop("placeholder", None)


class SignInForm(AccountFormMixin, allauth_forms.LoginForm):
    """E-mail and password."""

    title = "Sign in"


class ResetPasswordForm(AccountFormMixin, allauth_forms.ResetPasswordForm):
    """Which account to send a code to."""

    title = "Reset your password"


class ResetCodeForm(AccountFormMixin, allauth_forms.ConfirmPasswordResetCodeForm):
    """The code that came by e-mail; it works only in the browser that asked for it."""

    title = "Enter the code we emailed you"


class EmailCodeForm(AccountFormMixin, allauth_forms.ConfirmEmailVerificationCodeForm):
    """The code that proves an e-mail address."""

    title = "Enter the code we emailed you"


class NewPasswordForm(AccountFormMixin, allauth_forms.ResetPasswordKeyForm):
    """A new password, after the code."""

    title = "Choose a new password"


class SetPasswordForm(AccountFormMixin, allauth_forms.SetPasswordForm):
    """A first password, for somebody who signed in another way before."""

    title = "Choose a password"


class ChangePasswordForm(AccountFormMixin, allauth_forms.ChangePasswordForm):
    """A new password in the place of the old one."""

    title = "Change your password"


class ReauthenticateForm(AccountFormMixin, allauth_forms.ReauthenticateForm):
    """The password once more, before something that matters."""

    title = "Confirm that it is you"


class SignUpForm(AccountFormMixin, allauth_forms.SignupForm):
    """A new account, for an invited address or one of an allowed domain."""

    title = "Create your account"
    field_order = ("email", "full_name", "job_title", "work_phone", "password1", "password2")

    full_name = TextField("Full name", empty="Enter your full name", max_chars=120)
    job_title = TextField("Job title", empty="Enter your job title", max_chars=120)
    work_phone = PhoneField(
        "Work phone number",
        hint="Social workers and the police may ring you about a report.",
        empty="Enter a phone number we can ring you on",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Password"
        self.fields["password1"].error_messages["required"] = "Enter a password"
        self.fields["password2"].label = "Password again"
        self.fields["password2"].error_messages["required"] = "Enter the password again"

    def clean_email(self) -> str:
        """Answer an address that may not open an account like one that has an account.

        Both get the page that asks for a code, and no account is made. So the page tells nobody
        who works with the portal.
        """
        email: str = super().clean_email()
        if not may_open_account(email):
            self.account_already_exists = True
        return email


class InviteForm(PortalForm):
    """One invitation."""

    title = "Invite one person"

    email = EmailField("Work email address", empty="Enter their work email address")
    full_name = TextField("Full name", empty="Enter their full name", max_chars=120)
    job_title = TextField("Job title", max_chars=120)
    directorate = ChoiceField("Directorate", as_list=True)
    kind = ChoiceField(
        "What are they to the council?",
        PersonKind.of_people(),
        hint="Some policies are only for some people. Staff, unless you say otherwise.",
        as_list=True,
    )
    role = ChoiceField("What may they do?", empty="Select what they may do")
    team = ChoiceField("Team", hint="Leads and triage managers work in one.", as_list=True)

    def __init__(
        self,
        *args: Any,
        directorates: Mapping[str, str],
        roles: Mapping[str, str],
        teams: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        """Offer only what the person who invites may give; all mappings are value to words."""
        super().__init__(*args, **kwargs)
        offered = {
            "directorate": directorates,
            "role": roles,
            "team": teams,
        }
        for name, options in offered.items():
            field = self.fields[name]
            if isinstance(field, ChoiceField):
                field.offer(list(options.items()))


class InviteManyForm(PortalForm):
    """A list of people, pasted from a spreadsheet or as CSV; a file never leaves the browser."""

    title = "Invite many people"

    rows = LongTextField(
        "One person on each line",
        hint=(
            "Columns: email, full name, job title, directorate, role, team, kind. The first line "
            "names them. Commas, semicolons or tabs, as a spreadsheet copies or saves them."
        ),
        empty="Paste at least one person",
        max_chars=100_000,
        rows=12,
        name="The list",
    )
