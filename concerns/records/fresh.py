"""The one place from which disposal takes its demand for a fresh sign-in.

To become `safeguarding_portal.accounts.reauthentication.fresh_sign_in_required` once that is there.
"""

from allauth.account.decorators import reauthentication_required as fresh_sign_in_required

__all__ = ["fresh_sign_in_required"]
