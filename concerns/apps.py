"""App configuration of concerns."""

from django.apps import AppConfig


class ConcernsConfig(AppConfig):
    """Concerns: rules, custody and need to know."""

    name = "concerns"
    verbose_name = "Concerns"
