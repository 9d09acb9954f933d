"""Scans and previews as Celery tasks. They take ids, claim first, and are safe to run twice."""

import logging
import uuid

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from safeguarding_portal.files import tidy, work

logger = logging.getLogger(__name__)
HANDED_OUT_FOR_SECONDS = 300


@shared_task(name="files.work")
def work_on_file(file_id: str) -> None:
    """Scan one file, and make what may be shown of it."""
    work.work_on(uuid.UUID(file_id), timezone.now())


@shared_task(name="files.sweep")
def sweep() -> None:
    """Hand out every file that is due, also one whose worker died; remove what never came whole."""
    now = timezone.now()
    tidy.remove_expired(now)
    work.note_stuck(now)
    try:
        for file_id in work.due_files(now):
            work_on_file.apply_async((str(file_id),), expires=HANDED_OUT_FOR_SECONDS)
    except OperationalError:
        logger.warning("the queue is away: files wait for the next sweep")


@shared_task(name="files.sweep_orphans")
def sweep_orphans() -> None:
    """Remove bytes that no row names."""
    tidy.remove_orphans(timezone.now())
