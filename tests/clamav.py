"""A real clamd with one signature of our own, which finds EICAR; nothing is fetched."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from scripts.need_clamav import find
from tests.services import wait_until

# The test file of the industry, put together here so that no scanner minds this source.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = f"Portal.Test.Eicar:0:*:{EICAR[2:].hex()}\n"


class Clamd:
    """The daemon in a folder of its own, on a socket in it; ended by its process id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = folder / "clamd.ctl"
        self.url = f"unix://{self.socket}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Clamd:
        """Start it, and wait until it answers."""
        path = find()
        assert path, "No clamd: run make test, or install clamav-daemon"
        database = self.folder / "database"
        database.mkdir(parents=True, exist_ok=True)
        (database / "portal.ndb").write_text(SIGNATURE)
        config = self.folder / "clamd.conf"
        config.write_text(
            f"LocalSocket {self.socket}\nDatabaseDirectory {database}\n"
            f"TemporaryDirectory {self.folder}\nForeground yes\nMaxThreads 2\n"
            "StreamMaxLength 30M\nAlertEncrypted no\n"
        )
        with (self.folder / "clamd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [path, f"--config-file={config}"],
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

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None
