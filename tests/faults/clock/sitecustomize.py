"""Loaded by processes under libfaketime: 0.9.10 refuses the sleep of Python 3.11.

Python sleeps until a moment of the monotonic clock, which the library then takes for one of the
clock that it set (wolfcw/libfaketime, issue 426). Waiting for nothing for so long is the same.
"""

import select
import time


def sleep(seconds: float) -> None:
    """Wait so many seconds."""
    select.select([], [], [], seconds)


time.sleep = sleep
