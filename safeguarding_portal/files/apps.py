"""App configuration of the files."""

from django.apps import AppConfig
from django.core.checks import register


class FilesConfig(AppConfig):
    """Files at rest, their scans and their previews."""

    name = "safeguarding_portal.files"
    label = "files"
    verbose_name = "Files"

    def ready(self) -> None:
        """Register the check; it reads settings, which are complete only now."""
        from safeguarding_portal.files import checks  # noqa: PLC0415 - apps must be ready

        register(checks.check_keys)
