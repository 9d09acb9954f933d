"""The Celery application: workers deliver messages, beat rings the clocks.

Back-off lives in outbox rows, never in long ETAs: Redis hands a task with a long ETA out again
after its visibility timeout, and the message would be sent twice.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task

from safeguarding_portal.request_id import current_request_id, set_request_id
from safeguarding_portal.tracing import run_traced

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")

HEADER = "portal_request_id"


class PortalTask(Task):
    """A task that knows which request asked for it, so that one id leads through all logs."""

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Send the id of the request along."""
        headers = {**(options.pop("headers", None) or {}), HEADER: current_request_id()}
        return super().apply_async(*args, headers=headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run under the id of the request that asked, in a span of its own."""
        if not self.request.called_directly:
            set_request_id(str((self.request.headers or {}).get(HEADER, "")))
        task_id = self.request.id or "-"
        return run_traced(
            self.name, task_id, lambda: super(PortalTask, self).__call__(*args, **kwargs)
        )


app = Celery("safeguarding_portal", task_cls=PortalTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
