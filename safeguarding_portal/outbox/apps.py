"""App configuration of the outbox."""

from django.apps import AppConfig
from django.core.checks import register


class OutboxConfig(AppConfig):
    """Messages that are promised, and their delivery."""

    name = "safeguarding_portal.outbox"
    label = "outbox"
    verbose_name = "Outbox"

    def ready(self) -> None:
        """Register the checks; they import models, which exist only now."""
        from safeguarding_portal.outbox import checks  # noqa: PLC0415 - apps must be ready

        register(checks.check_sender)
        register(checks.check_deployment, deploy=True)
