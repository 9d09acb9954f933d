"""App configuration of policies."""

from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    """Policies and guidance."""

    name = "policies"
    verbose_name = "Policies"
