"""What an agency's person types."""

from safeguarding_portal.design_system.forms import (
    LongTextField,
    PhoneField,
    PortalForm,
    TextField,
)


class CodeForm(PortalForm):
    """The one-time code."""

    title = "Enter the code"
    code = TextField(
        "The 6 numbers that we sent to your team's mailbox",
        empty="Enter the code",
        width="10",
        inputmode="numeric",
    )


class AcceptForm(PortalForm):
    """The named person who accepts."""

    title = "Accept this referral"
    name = TextField("Your name", empty="Enter your name", autocomplete="name")
    role = TextField("Your role", empty="Enter your role", autocomplete="organization-title")
    phone = PhoneField("Your phone number", empty="Enter your phone number", autocomplete="tel")


class ReturnForm(AcceptForm):
    """The named person who gives it back, and why."""

    title = "Return this referral"
    reason = LongTextField(
        "Why it is not yours",
        empty="Write why you are returning it",
        max_chars=4000,
    )
    instead = TextField("Who should have it instead", hint="If you know", max_chars=300)
    field_order = ("reason", "instead", "name", "role", "phone")

    def whole_reason(self) -> str:
        """Return the reason, with whom to try."""
        instead: str = self.cleaned_data["instead"]
        reason: str = self.cleaned_data["reason"]
        return f"{reason}\n\nTry: {instead}" if instead else reason
