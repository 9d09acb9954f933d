"""The one place that says how a person proves anew who they are before personal data leave."""

from allauth.account.decorators import reauthentication_required as fresh_sign_in_required

__all__ = ["fresh_sign_in_required"]
