"""The whole portal as it stands while the faults come: servers, and two hosts with processes.

Host "web" serves, host "work" has the worker and two beats. Each has its own way to the servers
and its own clock; the folder that both write to may be small enough to be filled.
"""

from __future__ import annotations

import os
import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.clamav import Clamd
from tests.faults.hosts import Loopback, Namespaces, make_hosts
from tests.faults.stack import Stack, new_state
from tests.services import ROOT, Processes, SmtpSink, free_port

STORE_SIZE = "16m"
NAME = "http://portal.test"


@dataclass
class World:
    """What the faults act on."""

    home: Path
    rng: random.Random
    hosts: Namespaces | Loopback = field(init=False)
    stack: Stack = field(init=False)
    parts: dict[str, Processes] = field(default_factory=dict)
    # Files and folders that a full disk is made of.
    store: Path = field(init=False)
    clamd: Clamd = field(init=False)
    is_mounted: bool = False

    def start(self) -> None:
        """Start everything; `stop` ends it, also what was started half."""
        state = new_state()
        ports = [state.postgres_port, state.valkey_port]
        self.hosts = make_hosts(["web", "work"], ports)
        self.store = self._make_store()
        sink = SmtpSink(state.smtp_port, hosts=["127.0.0.1", *self.hosts.listen])
        self.web_port = free_port()
        self.clamd = Clamd(self.home / "clamd").start()
        extra = {
            "PORTAL_URL": NAME,
            "ALLOWED_HOSTS": f"portal.test,{self.hosts.hosts['web'].front}",
            "PORTAL_MODE": "demo",
            "AUDIT_SEAL_COPY": str(self.store / "seals.jsonl"),
            "FILES_ROOT": str(self.store / "files"),
            "CLAMD_URL": self.clamd.url,
            "LOG_LEVEL": "WARNING",
        }
        self.stack = Stack(self.home / "servers", state, sink, self.hosts.listen, extra)
        sink.start()
        self.stack.prepare()
        for name in ("web", "work"):
            self._make_part(name)
        for part in ("web", "worker", "beat 1", "beat 2"):
            self.run(part)

    def _make_store(self) -> Path:
        """Make the folder that can be full: a small file system where this is root."""
        store = self.home / "store"
        store.mkdir()
        if os.geteuid() == 0:
            options = ["-o", f"size={STORE_SIZE}", "faults", str(store)]
            done = subprocess.run(["mount", "-t", "tmpfs", *options], check=False)
            self.is_mounted = done.returncode == 0
        return store

    def _make_part(self, name: str) -> None:
        host = self.hosts.hosts[name]
        environment = self.stack.environment(host)
        environment["CONTACTS_SNAPSHOT"] = str(self.store / f"snapshot-{name}.json")
        clock = self.home / f"clock-{name}"
        clock.write_text("0")
        environment |= {
            "FAULTS_CLOCK": str(clock),
            "PYTHONPATH": str(ROOT / "tests" / "faults" / "clock"),
        }
        log = self.home / f"{name}.log"
        self.parts[name] = Processes(environment, host.prefix, host.front, log)

    @property
    def address(self) -> str:
        """Return where the web host answers."""
        return f"http://{self.hosts.hosts['web'].front}:{self.web_port}"

    def run(self, part: str) -> None:
        """Start one process: "web", "worker", "beat 1", "beat 2"."""
        if part == "web":
            self.parts["web"].web(self.web_port)
        elif part == "worker":
            self.parts["work"].worker()
        else:
            self.parts["work"].beat(part)

    def host_of(self, part: str) -> Processes:
        """Return the processes of the host on which a part runs."""
        return self.parts["web" if part == "web" else "work"]

    def set_clock(self, host: str, seconds: int) -> None:
        """Set the clock of a host so many seconds ahead (or back) of the truth."""
        clock = self.home / f"clock-{host}"
        draft = clock.with_suffix(".new")
        draft.write_text(str(seconds))
        draft.replace(clock)

    def stop(self) -> None:
        """End everything that was started, each by its own process id."""
        for processes in self.parts.values():
            processes.stop()
        if hasattr(self, "stack"):
            self.stack.stop()
        if hasattr(self, "clamd"):
            self.clamd.stop()
        if hasattr(self, "hosts"):
            self.hosts.close()
        if self.is_mounted:
            subprocess.run(["umount", str(self.store)], check=False)
