"""What is asked about files."""

from __future__ import annotations

from typing import Any

from safeguarding_portal.design_system.forms import (
    LongTextField,
    MultiChoiceField,
    Option,
    PortalForm,
)


class UnsealForm(PortalForm):
    """Why somebody needs the original of a picture."""

    title = "Open the original"
    reason = LongTextField(
        "Why do you need the original?",
        hint="For example: the police ask for it. This is kept with your name.",
        empty="Write why you need the original",
        max_chars=500,
        rows=3,
    )


class ShareForm(PortalForm):
    """Which agencies may have a file."""

    title = "Share a file"
    agencies = MultiChoiceField(
        "Which agencies may have this file?",
        hint="They download it from the page of their referral. Untick to stop sharing.",
    )

    def __init__(self, agencies: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agencies"].offer([Option(pk, name) for pk, name in agencies])  # type: ignore[attr-defined]
        self.fields["agencies"].required = False
