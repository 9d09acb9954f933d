"""Clocks that ring. Each task takes nothing but ids or nothing, and is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from concerns.probe.run import run_probe
from concerns.services.access import remind_of_reviews
from concerns.services.bells import begin_promised
from concerns.services.clock_bells import ring_clocks
from concerns.services.curiosity import forget_hints, watch_reads
from concerns.services.disposal import dispose_due
from concerns.services.drafts import expire_drafts
from concerns.services.escalate import escalate_due, warn_before_bells
from concerns.services.file_news import tell_of_files
from concerns.services.findings import ring_late_findings
from concerns.services.leavers import hand_over_left
from concerns.services.legs import note_outcomes
from concerns.services.matching import match_waiting
from concerns.services.outlook import warn_of_gaps
from concerns.services.paper import chase_unreturned
from concerns.services.reconcile import check_custody
from concerns.services.retention import work_out
from concerns.services.saved_filters import send_digests
from concerns.services.statement import write_statement
from concerns.services.subject_access_care import remind_of_requests
from concerns.services.subject_access_gather import gather_waiting
from concerns.services.tasks import remind_due
from concerns.triage.queue_filters import matching


@shared_task(name="concerns.escalate")
def escalate() -> None:
    """Ring what is due, then turn messages that failed for good into calls that are due."""
    now = timezone.now()
    escalate_due(now)
    ring_clocks(now)
    note_outcomes(now)
    warn_before_bells(now)
    begin_promised(now)


@shared_task(name="concerns.watch_cover")
def watch_cover() -> None:
    """Tell managers once a day of each team in whose cover there is a gap now."""
    warn_of_gaps(timezone.now())


@shared_task(name="concerns.expire_drafts")
def expire_old_drafts() -> None:
    """Remind owners of drafts that will expire, and remove those that have."""
    expire_drafts(timezone.now())


@shared_task(name="concerns.tell_of_files")
def follow_files() -> None:
    """Write down what the scans found, and tell those concerned of what was locked away."""
    tell_of_files(timezone.now())


@shared_task(name="concerns.remind_of_reviews")
def remind_of_access_reviews() -> None:
    """Tell the independent people of each access in an emergency that nobody has reviewed."""
    remind_of_reviews(timezone.now())


@shared_task(name="concerns.chase_paper_forms")
def chase_paper_forms() -> None:
    """Ask for paper forms that have not come back."""
    chase_unreturned(timezone.now())


@shared_task(name="concerns.match_people")
def match_people() -> None:
    """Compare the people of new reports with those of earlier ones."""
    match_waiting(timezone.now())


@shared_task(name="concerns.check_custody")
def page_for_gaps() -> None:
    """Hand over what people who have left still hold, then page for whatever nothing holds."""
    now = timezone.now()
    hand_over_left(now)
    check_custody(now)


@shared_task(name="concerns.probe")
def probe() -> None:
    """Take the next step of the synthetic concern, and ring when none came through."""
    run_probe(timezone.now())


@shared_task(name="concerns.write_statement")
def state_the_day() -> None:
    """Write the statement of the day that has ended, if it does not stand yet."""
    write_statement(timezone.now())


@shared_task(name="concerns.remind")
def remind() -> None:
    """Tell of tasks that are due or late, and end the holds whose review has come."""
    remind_due(timezone.now())


@shared_task(name="concerns.filter_digests")
def tell_filter_news() -> None:
    """Tell people what is new in the filters they watch, as often as they chose."""
    send_digests(timezone.now(), matching)


@shared_task(name="concerns.retention")
def work_out_retention() -> None:
    """Work out how long each concern that closed or changed is kept."""
    work_out(timezone.now())


@shared_task(name="concerns.dispose")
def dispose_of_records() -> None:
    """Dispose of records whose batch was agreed to and has waited its days."""
    dispose_due(timezone.now())


@shared_task(name="concerns.gather_personal_data")
def gather_personal_data() -> None:
    """Find, collect and compare what is held for requests for one's own data."""
    gather_waiting(timezone.now())


@shared_task(name="concerns.remind_of_requests")
def remind_of_access_requests() -> None:
    """Remind officers of requests for personal data that are due soon."""
    remind_of_requests(timezone.now())


@shared_task(name="concerns.watch_reads")
def watch_for_curiosity() -> None:
    """Look at what was read since the last time, and ring for reviews that are late."""
    now = timezone.now()
    watch_reads(now)
    forget_hints(now)
    ring_late_findings(now)
