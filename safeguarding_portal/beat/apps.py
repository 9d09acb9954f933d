"""App configuration of beat's lease."""

from django.apps import AppConfig


class BeatConfig(AppConfig):
    """Who beats, and when each periodic task was last sent."""

    name = "safeguarding_portal.beat"
    label = "beat"
    verbose_name = "Beat"
