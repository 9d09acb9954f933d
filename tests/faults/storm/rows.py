"""The faults, as a table: how each begins and ends, and how many seconds it lasts."""

from __future__ import annotations

import errno
import signal
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from tests.faults.storm.world import World


class Act(Protocol):
    """What begins or ends a fault."""

    def __call__(self, world: World) -> object: ...


@dataclass(frozen=True)
class Fault:
    """One fault: between `start` and `stop` it lasts from `shortest` to `longest` seconds."""

    name: str
    start: Act
    stop: Act
    shortest: float = 2
    longest: float = 12


def _kill(world: World, part: str) -> None:
    world.host_of(part).kill(part)


def _run(world: World, part: str) -> None:
    world.run(part)


def _freeze(world: World, part: str) -> None:
    world.host_of(part).signal(part, signal.SIGSTOP)


def _thaw(world: World, part: str) -> None:
    world.host_of(part).signal(part, signal.SIGCONT)


def _mail(world: World, mode: str) -> None:
    world.stack.sink.mode = mode


def _cut(world: World, host: str) -> None:
    world.hosts.cut(host)


def _mend(world: World, host: str) -> None:
    world.hosts.mend(host)


def _step(world: World, host: str, ahead: bool) -> None:
    seconds = world.rng.randint(60, 2700)
    world.set_clock(host, seconds if ahead else -seconds)


def _step_back(world: World, host: str) -> None:
    world.set_clock(host, 0)


def _fill(world: World) -> None:
    """Fill the small disk; without one, let nothing be written into the folder."""
    if not world.is_mounted:
        world.store.chmod(0o500)
        return
    try:
        with (world.store / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"\0" * 65536)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


def _empty(world: World) -> None:
    world.store.chmod(0o700)
    (world.store / "filler").unlink(missing_ok=True)


def _nothing(world: World) -> None:
    """Some faults are over when they have happened."""


def _killed(part: str, longest: float = 12) -> Fault:
    return Fault(f"SIGKILL {part}", partial(_kill, part=part), partial(_run, part=part), 1, longest)


def _misbehaves(name: str, mode: str, longest: float = 15) -> Fault:
    return Fault(f"mail: {name}", partial(_mail, mode=mode), partial(_mail, mode="ok"), 5, longest)


def _stepped(host: str, ahead: bool) -> Fault:
    name = f"clock of {host} {'ahead' if ahead else 'back'}"
    return Fault(
        name, partial(_step, host=host, ahead=ahead), partial(_step_back, host=host), 5, 20
    )


FAULTS = (
    _killed("web", 6),
    _killed("worker"),
    _killed("beat 1", 30),
    _killed("beat 2", 30),
    Fault("SIGSTOP beat 1", partial(_freeze, part="beat 1"), partial(_thaw, part="beat 1"), 25, 40),
    Fault("SIGKILL Redis", lambda w: w.stack.kill_valkey(), lambda w: w.stack.start_valkey()),
    Fault("Redis flushed", lambda w: w.stack.queue().flushall(), _nothing, 0, 0),
    Fault(
        "SIGKILL PostgreSQL", lambda w: w.stack.kill_postgres(), lambda w: w.stack.start_postgres()
    ),
    Fault("mail: refuses", lambda w: w.stack.sink.stop(), lambda w: w.stack.sink.start(), 5, 15),
    _misbehaves("hangs in DATA", "hang", 25),
    _misbehaves("4xx before DATA", "rcpt-4xx"),
    _misbehaves("4xx after DATA", "4xx"),
    _misbehaves("5xx", "5xx", 8),
    _misbehaves("takes it and hangs up", "drop"),
    Fault("SIGKILL clamd", lambda w: w.clamd.kill(), lambda w: w.clamd.start(), 10, 40),
    Fault("disk full", _fill, _empty, 30, 70),
    _stepped("web", ahead=True),
    _stepped("web", ahead=False),
    _stepped("work", ahead=True),
    _stepped("work", ahead=False),
    Fault("web cut off", partial(_cut, host="web"), partial(_mend, host="web"), 5, 25),
    Fault("work cut off", partial(_cut, host="work"), partial(_mend, host="work"), 5, 25),
)
