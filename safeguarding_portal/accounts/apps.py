"""App configuration of accounts."""

from django.apps import AppConfig
from django.core.checks import Tags, register


class AccountsConfig(AppConfig):
    """People, teams and roles."""

    name = "safeguarding_portal.accounts"
    label = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        """Register the checks; they import models, which exist only now."""
        from safeguarding_portal.accounts import checks  # noqa: PLC0415 - apps must be ready

        register(checks.check_provider)
        register(checks.check_teams, Tags.database)
