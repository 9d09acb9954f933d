"""What is typed with a code from the command line."""

from __future__ import annotations

from safeguarding_portal.design_system.forms import EmailField, PortalForm, TextField


class SignInCodeForm(PortalForm):
    """Whose code, and the code."""

    title = "Sign in with a code"
    email = EmailField("Email address", empty="Enter your email address")
    code = TextField(
        "Code",
        hint="12 letters, like BCDF-GHJK-LMNP. Capitals and the dashes do not matter.",
        empty="Enter the code",
        max_chars=40,
    )
