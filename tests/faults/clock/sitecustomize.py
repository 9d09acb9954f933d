"""Loaded by the processes of a host in `make faults`: their clock is as far off as a file says.

The file holds seconds, and is read again and again, also in the children of a process. Only the
time of day is set; what measures waits goes on. (Not libfaketime: Debian's 0.9.10 refuses the sleep
of Python 3.11, and its waits for the interpreter's lock return at once, which costs half a core.)
"""

import os
import threading
import time
from pathlib import Path

import time_machine

CLOCK = Path(os.environ["FAULTS_CLOCK"])
# How far off the clock is now, and by what: a child goes on from where its parent was.
_ahead = 0
_traveller: time_machine.travel | None = None


def _set(seconds: int) -> None:
    global _ahead, _traveller
    if _traveller is not None:
        _traveller.stop()
    _traveller = time_machine.travel(time.time() + seconds, tick=True) if seconds else None
    if _traveller is not None:
        _traveller.start()
    _ahead = seconds


def _follow() -> None:
    """Set the clock whenever the file says another number of seconds."""
    while True:
        wanted = int(CLOCK.read_text() or 0)
        if wanted != _ahead:
            _set(wanted)
        time.sleep(0.5)


def _begin() -> None:
    threading.Thread(target=_follow, daemon=True).start()


os.register_at_fork(after_in_child=_begin)
_begin()
