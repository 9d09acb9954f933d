"""A real clamd with one signature of our own, which finds EICAR; nothing is fetched."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from scripts.need_clamav import EICAR, find, url_in, write_config
from tests.services import wait_until

__all__ = ["EICAR", "Clamd"]


class Clamd:
    """The daemon in a folder of its own, on a socket in it; ended by its process id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "clamd.ctl"
        self.url = url_in(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Clamd:
        """Start it, and wait until it answers."""
        path = find()
        assert path, "No clamd: run make test, or install clamav-daemon"
        write_config(self.folder)
        with (self.folder / "clamd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [path, f"--config-file={self.folder / 'clamd.conf'}"],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"PATH": os.environ["PATH"]},
            )
        wait_until(self._answers)
        return self

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.socket))
                probe.sendall(b"zPING\0")
                return probe.recv(10) == b"PONG\0"
            except OSError:
                return False

    def kill(self) -> None:
        """Kill it without a warning."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None
