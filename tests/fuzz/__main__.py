"""Fuzzes every form and parser for MINUTES, each round from a seed that is printed: `make fuzz`.

A round that finds something stops the run; its seed and the failing example are above.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main(minutes: float) -> int:
    """Run rounds of the fuzz until the minutes are over; return the status of the last."""
    until, rounds = time.monotonic() + minutes * 60, 0
    environment = {**os.environ, "FUZZ_EXAMPLES": os.environ.get("FUZZ_EXAMPLES", "300")}
    while time.monotonic() < until:
        seed = secrets.randbelow(2**32)
        rounds += 1
        _say(f"round {rounds}, seed {seed}")
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", f"--hypothesis-seed={seed}"]
        done = subprocess.run([*command, "tests/fuzz"], env=environment, check=False)
        if done.returncode:
            _say(f"seed {seed} found something")
            return done.returncode
    _say(f"{rounds} rounds found nothing")
    return 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1])))
