"""App configuration of contacts."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    """Agencies, lines and hours."""

    name = "contacts"
    verbose_name = "Contacts"
