"""The platform of the safeguarding portal: wiring, and what every app stands on."""

from safeguarding_portal.celery import app as celery_app

__all__ = ["celery_app"]
