"""What the clock does for accounts."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from safeguarding_portal.accounts.kept_pages import purge_kept_pages

logger = logging.getLogger(__name__)


@shared_task(name="accounts.purge_kept_pages")
def purge() -> None:
    """Remove pages that were kept for somebody who did not come back; safe to run twice."""
    purged = purge_kept_pages(timezone.now())
    if purged:
        logger.info("kept pages removed after their half hour: %s", purged)
