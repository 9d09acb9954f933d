"""What beat asks of the audit trail."""

from celery import shared_task
from django.utils import timezone

from safeguarding_portal.audit.checks import ask_nightly, run_check, waiting_checks
from safeguarding_portal.audit.mailed import mail_out
from safeguarding_portal.audit.sealing import seal_new_events

# A check of very many events takes longer than other tasks may; the queue hands a task out again
# after ten minutes.
CHECK_SECONDS = 540


@shared_task(name="audit.seal")
def seal() -> None:
    """Seal the events of the last minute. Safe to run twice, and with several workers."""
    now = timezone.now()
    seal_new_events(now)
    mail_out(now)


@shared_task(name="audit.check", time_limit=CHECK_SECONDS, soft_time_limit=CHECK_SECONDS - 30)
def check() -> None:
    """Do the checks that were asked for, and that of the day. Safe to run twice."""
    ask_nightly(timezone.now())
    for check_id in waiting_checks(timezone.now()):
        run_check(check_id, timezone.now())
