"""Real servers for tests: a mail server that can misbehave, and the portal's own processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Sequence
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a free port on loopback."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def url_of(database: str) -> str:
    """Return the URL of a database on the server of the tests."""
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{database}"


def wait_until(condition: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Return what the condition returns once it is true; fail when it never becomes so."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < deadline, f"did not happen within {seconds} seconds: {condition}"
        threading.Event().wait(0.05)


class SmtpSink:
    """A real SMTP server that keeps what it gets.

    `mode`: ok; 4xx, 5xx (after the data), rcpt-4xx; hang (in the middle of the data, without an
    answer); drop (taken, and hung up before it says so: the sender cannot know).
    """

    def __init__(self, port: int | None = None, hosts: Sequence[str] = ("127.0.0.1",)) -> None:
        self.mode = "ok"
        self.messages: list[Message] = []
        self.recipients: list[str] = []
        self.port = port or free_port()
        self.hosts = hosts
        self.tries = 0
        self._go_on = threading.Event()
        self._controllers: list[Controller] = []

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Take a recipient, unless the mode says otherwise."""
        if self.mode == "rcpt-4xx":
            return "450 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take one message, or do what the mode says."""
        import asyncio

        self.tries += 1
        if self.mode == "hang":
            await asyncio.get_running_loop().run_in_executor(None, self._go_on.wait, 60)
        if self.mode == "4xx":
            return "451 try again later"
        if self.mode == "5xx":
            return "550 no such mailbox"
        self.messages.append(message_from_bytes(envelope.content))
        self.recipients += envelope.rcpt_tos
        if self.mode == "drop":
            server.transport.abort()
        return "250 kept"

    def start(self) -> SmtpSink:
        """Listen."""
        self._go_on.clear()
        self._controllers = [Controller(self, hostname=at, port=self.port) for at in self.hosts]
        for controller in self._controllers:
            controller.start()
        return self

    def stop(self) -> None:
        """Stop listening: connections are refused from now on."""
        self._go_on.set()
        for controller in self._controllers:
            controller.stop(no_assert=True)
        self._controllers = []

    def subjects(self) -> list[str]:
        """Return the subjects of what was taken."""
        return [str(message["Subject"]) for message in self.messages]


class Processes:
    """The portal's own processes, started as the Procfile does, with settings of the test's."""

    def __init__(
        self,
        environment: dict[str, str],
        prefix: Sequence[str] = (),
        at: str = "127.0.0.1",
        log: Path = ROOT / "var" / "test-stack.log",
    ) -> None:
        self.environment = {**os.environ, **environment}
        # What stands before a command so that it runs on a host of its own, and its address.
        self.prefix, self.at = prefix, at
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.log = log

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Start one process under a name."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*self.prefix, sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def web(self, port: int) -> str:
        """Start the web process; return its address once it answers."""
        self.start(
            "web",
            *[
                "-m",
                "gunicorn",
                "safeguarding_portal.wsgi",
                "--workers",
                "2",
                "--threads",
                "4",
                "--no-control-socket",
            ],
            f"--bind={self.at}:{port}",
        )
        address = f"http://{self.at}:{port}"
        wait_until(lambda: _answers(f"{address}/health/live"), seconds=120)
        return address

    def worker(self) -> None:
        """Start a worker that takes one task at a time."""
        self.start(
            "worker",
            *[
                "-m",
                "celery",
                "-A",
                "safeguarding_portal",
                "worker",
                "--concurrency",
                "1",
                "--loglevel",
                "WARNING",
            ],
            "--without-gossip",
            "--without-mingle",
        )

    def beat(self, name: str = "beat") -> None:
        """Start a beat."""
        arguments = ["-m", "celery", "-A", "safeguarding_portal", "beat", "--pidfile="]
        self.start(name, *arguments, "--loglevel", "WARNING")

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a process and its children."""
        os.killpg(self.running[name].pid, number)

    def kill(self, name: str) -> None:
        """End a process and its children without a warning, as a crash does."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything."""
        for name in list(self.running):
            self.kill(name)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False
