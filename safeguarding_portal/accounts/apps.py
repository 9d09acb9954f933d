"""App configuration of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, teams and roles."""

    name = "safeguarding_portal.accounts"
    label = "accounts"
    verbose_name = "People"
