"""The pages that need no sign-in: this list and no other.

A view becomes public by Django's `login_not_required`; a test sweeps every address of the portal
and compares what an anonymous visitor can open with this list, in both directions.
"""

from __future__ import annotations

PUBLIC_URL_NAMES = frozenset(
    {
        "health_live",
        "health_ready",
        "accessibility",
        "privacy",
        "contacts:get_help_now",
        "contacts:offline",
        "contacts:bundle",
        "contacts:worker",
        "contacts:manifest",
        "contacts:posters",
        "contacts:poster",
        "contacts:poster_text",
        "contacts:short",
        "concerns:referral_pack_schema",
        "concerns:subject_access_schema",
        # Opens to the token of whoever watches the portal, to nobody else.
        "concerns:metrics",
        "account_login",
        "mfa_login_webauthn",
        "account_logout",
        "account_signup",
        "account_inactive",
        "provider_start",
        "provider_callback",
        "sign_in_code",
        "account_email_verification_sent",
        "account_reset_password",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_password_reset_completed",
    }
)
# Pages for an agency that holds a link from a message; what they show needs a one-time code.
# Machines that report what became of a message prove themselves with a key.
# The council's directory reports people with a bearer token.
PUBLIC_NAMESPACES = frozenset({"concerns:agency", "outbox", "scim"})


def is_public(url_name: str) -> bool:
    """Whether the address of this name (with its namespace, if any) is on the list."""
    return url_name in PUBLIC_URL_NAMES or any(
        url_name.startswith(f"{namespace}:") for namespace in PUBLIC_NAMESPACES
    )
