"""App configuration of the outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Messages that are promised, and their delivery."""

    name = "safeguarding_portal.outbox"
    label = "outbox"
    verbose_name = "Outbox"
