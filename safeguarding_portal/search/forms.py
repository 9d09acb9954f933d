"""What is searched for."""

from __future__ import annotations

from safeguarding_portal.design_system.forms import PortalForm, TextField


class SearchForm(PortalForm):
    """One box."""

    title = "Search policies and numbers"

    q = TextField(
        "Search policies and numbers",
        empty="Enter a word, such as neglect or police",
        max_chars=200,
        name="Your search",
    )
