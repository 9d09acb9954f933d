"""What it means that nothing is left without an owner: how long a concern may wait to be taken.

[D], SETTLED "Sending, owning, accepting": the same intervals as the first bell of a referral, P4
within five days. Beyond it, and with no bell still to ring, the concern is a gap.
"""

from __future__ import annotations

from datetime import timedelta

TAKE_WITHIN: dict[int, timedelta] = {
    1: timedelta(minutes=15),
    2: timedelta(hours=1),
    3: timedelta(days=1),
    4: timedelta(days=5),
}
# A bell this late has not rung: whatever rings it stands still.
BELL_IS_STUCK_AFTER = timedelta(minutes=30)
# While a gap lasts, a manager is told again.
PAGE_EVERY = timedelta(hours=1)

# Kind -> words, the gravest first: a concern shows the first that fits.
GAPS: dict[str, str] = {
    "message_stuck": "A message waits and is not sent, or failed and nobody was told",
    "bell_stuck": "A referral's bell should have rung and has not",
    "silent_referral": "A referral is open and no bell or clock runs",
    "owner_gone": "Its owner, or whoever has a task on it, has left",
    "nothing_done": "No referral, call, clock or note: nothing was done",
    "not_taken": "Nobody has taken it in time and no bell will ring",
    "no_clock": "It has an owner and no clock runs",
    "closed_in_silence": "Closed without a time",
}
