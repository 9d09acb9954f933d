"""The Celery application: workers deliver messages, beat rings the clocks.

Back-off lives in outbox rows, never in long ETAs: Redis hands a task with a long ETA out again
after its visibility timeout, and the message would be sent twice.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")

app = Celery("safeguarding_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
