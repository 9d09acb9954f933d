"""What beat asks of the directory. Each task is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from contacts.care import remind_owners
from contacts.changes import ring_urgent
from contacts.selectors import current_directory
from contacts.services import follow_database


@shared_task(name="contacts.follow")
def follow() -> None:
    """Bring this host's snapshot file up to what the database has."""
    follow_database()


@shared_task(name="contacts.ring_urgent")
def ring_urgent_changes() -> None:
    """Ring for urgent changes that no second person has approved."""
    ring_urgent(timezone.now())


@shared_task(name="contacts.remind")
def remind() -> None:
    """Remind whoever keeps a line or a mailbox that is due."""
    now = timezone.now()
    remind_owners(current_directory(now), now)
