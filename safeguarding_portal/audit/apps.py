"""App configuration of audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """What was done, by whom, kept for good."""

    name = "safeguarding_portal.audit"
    label = "audit"
    verbose_name = "Audit"
