"""`make faults`: the whole portal under steady use, while one part after another fails.

Prints what happens, the counts, and last one line of JSON; exit status 0 only if nothing was lost.
"""

from __future__ import annotations

import argparse
import fcntl
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from tests.faults.browser import Browser
from tests.faults.storm.judge import Judgement, judge
from tests.faults.storm.people import LEADS, REPORTERS, Agency, Lead, Person, Reporter, Seen
from tests.faults.storm.rows import FAULTS, Fault
from tests.faults.storm.world import NAME, STORE_SIZE, World
from tests.services import ROOT

HOME = ROOT / "var" / "faults"
BETWEEN = (2.0, 8.0)
SETTLE_SECONDS, BY_ITSELF_SECONDS = 420, 240


def main() -> int:
    """Start, let it storm, let it settle, judge."""
    options = _options()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with _home() as home:
        seen = Seen(options.reports, seed)
        storm = Storm(World(home, random.Random(seed)), seen, options.minutes)
        _print(f"seed {seed}, {options.reports} reports, at most {options.minutes} minutes")
        try:
            found = storm.run()
        except KeyboardInterrupt:
            _print("ended by hand: no verdict")
            return 130
        finally:
            storm.end()
    return _show(found, seed, options.reports)


def _print(words: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=30)
    return parser.parse_args()


@contextmanager
def _home() -> Iterator[Path]:
    """Give an empty folder, in which data and logs stay until the next run; one run at a time."""
    HOME.parent.mkdir(exist_ok=True)
    with HOME.with_suffix(".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("Another make faults runs in this checkout.")
        shutil.rmtree(HOME, ignore_errors=True)
        (HOME / "servers").mkdir(parents=True, mode=0o700)
        yield HOME


def _show(found: Judgement, seed: int, wanted: int) -> int:
    if found.reports < wanted:
        found.wrong.append(f"only {found.reports} of {wanted} reports were made in time")
    for name, value in found.more.items():
        _print(f"  {name}: {value}")
    for words in found.wrong[:50]:
        _print(f"WRONG  {words}")
    _print(found.line(seed))
    return 1 if found.wrong else 0


class Storm:
    """One run: people at work, faults in random order, and a time to settle."""

    def __init__(self, world: World, seen: Seen, minutes: float) -> None:
        self.world, self.seen = world, seen
        self.minutes = minutes
        self.over = threading.Event()
        self.began = time.monotonic()
        self.threads: list[threading.Thread] = []
        self.happened: dict[str, int] = {}
        # Mistakes of the run itself: it judges nothing then.
        self.broken: list[str] = []

    def run(self) -> Judgement:
        """Return the judgement, after everything has stopped failing and settled."""
        self.say("starting PostgreSQL, Valkey, a mail server, clamd, web, worker, two beats")
        self.world.start()
        self._say_what_is_real()
        self._send_people_to_work()
        self._rage()
        self.say(f"the faults are over: {len(self.happened)} kinds, {sum(self.happened.values())}")
        self._settle()
        found = judge(self.world.stack, self.seen)
        found.wrong += self.broken
        return found

    def _say_what_is_real(self) -> None:
        world = self.world
        disk = f"a file system of {STORE_SIZE}" if world.is_mounted else "a folder made read-only"
        self.say(f"hosts: {world.hosts.how}; disk: {disk}")
        self.say("the full disk holds the files, the copy of the seals, the directory's snapshots")

    def say(self, words: str) -> None:
        """Print a line with the seconds since the start, and how far the reports are."""
        done = f"{len(self.seen.confirmed)}/{self.seen.most}"
        _print(f"{time.monotonic() - self.began:7.1f}s {done:>10}  {words}")

    def _send_people_to_work(self) -> None:
        browser = lambda: Browser([self.world.address], NAME)  # noqa: E731
        seen, over = self.seen, self.over
        people: list[Person] = [Reporter(browser(), email, seen, over) for email in REPORTERS]
        people += [Lead(browser(), email, seen, over) for email in LEADS]
        people.append(Agency(browser(), self.world.stack.sink, seen, over))
        for person in people:
            self._thread(person.work)  # type: ignore[attr-defined]
        self._thread(self._watch)

    def _thread(self, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as error:
                self.broken.append(f"one of the people broke down: {error!r}")
                raise

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.threads.append(thread)

    def _watch(self) -> None:
        """Ask for health as a load balancer does."""
        browser = Browser([self.world.address], NAME, timeout=10)
        while not self.over.wait(5):
            with suppress(requests.RequestException):
                browser.get("/health/ready")

    def _rage(self) -> None:
        """Let one fault follow another until there are enough reports and each has come."""
        faults = _in_random_order(self.world.rng)
        while time.monotonic() - self.began < self.minutes * 60:
            enough = len(self.seen.confirmed) >= self.seen.most
            if enough and len(self.happened) == len(FAULTS):
                return
            self._happen(next(faults), enough)
        self.say("the time is up")

    def _happen(self, fault: Fault, hurry: bool) -> None:
        rng = self.world.rng
        pause, lasts = rng.uniform(*BETWEEN), rng.uniform(fault.shortest, fault.longest)
        self.over.wait(min(pause, 2) if hurry else pause)
        self.say(f"{fault.name} ({lasts:.0f}s)")
        fault.start(self.world)
        try:
            self.over.wait(min(lasts, 10) if hurry else lasts)
        finally:
            fault.stop(self.world)
        self.happened[fault.name] = self.happened.get(fault.name, 0) + 1

    def _settle(self) -> None:
        """Wait until nothing waits; what backs off for long is let off after some minutes."""
        began, hurried = time.monotonic(), False
        while (waited := time.monotonic() - began) < SETTLE_SECONDS:
            waiting = self._unsettled()
            self.say(f"settling: {waiting} messages and files wait")
            if not waiting:
                break
            if waited > BY_ITSELF_SECONDS and not hurried:
                self.say("what still backs off is let off, as an operator could")
                self.world.stack.make_due()
                hurried = True
            time.sleep(10)
        self.over.set()
        for thread in self.threads:
            thread.join(60)
        # Acts of the last moment have promised more; and a seal is due each minute.
        time.sleep(70)
        while self._unsettled() and time.monotonic() - began < SETTLE_SECONDS + 60:
            time.sleep(5)

    def _unsettled(self) -> int:
        statement = (
            "SELECT count(*) FROM outbox_message WHERE status IN ('QUEUED', 'SENDING') "
            "OR (status = 'FAILED' AND outcome_handled_at IS NULL "
            "AND subject_type IN ('referral', 'agency_code'))"
        )
        files = "SELECT count(*) FROM files_storedfile WHERE next_try_at IS NOT NULL"
        return sum(int(str(self.world.stack.rows(sql)[0][0])) for sql in (statement, files))

    def end(self) -> None:
        """Stop people and processes."""
        self.over.set()
        self.world.stop()


def _in_random_order(rng: random.Random) -> Iterator[Fault]:
    """Yield every fault once in random order, then all of them again in another."""
    while True:
        yield from rng.sample(FAULTS, len(FAULTS))


if __name__ == "__main__":
    sys.exit(main())
