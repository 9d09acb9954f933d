"""App configuration of the design system."""

from django.apps import AppConfig


class DesignSystemConfig(AppConfig):
    """Forms, fields and template tags that every page is built from."""

    name = "safeguarding_portal.design_system"
    label = "design_system"
    verbose_name = "Design system"
