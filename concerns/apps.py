"""App configuration of concerns."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """Concerns: rules, custody and need to know."""

    name = "concerns"
    verbose_name = "Concerns"

    def ready(self) -> None:
        """Say what becomes of concerns when a person leaves: accounts knows nothing of them."""
        from concerns.services.leavers import KEEPER  # noqa: PLC0415 - apps must be ready
        from safeguarding_portal.accounts.leaving import register  # noqa: PLC0415 - as above

        register(KEEPER)
