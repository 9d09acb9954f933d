"""One command starts everything, and its end leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import requests

from tests.services import ROOT, free_port, url_of, wait_until

pytestmark = pytest.mark.xdist_group("faults")


def processes_marked(mark: str) -> set[int]:
    """Return the processes that inherited a mark in their environment."""
    found = set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark.encode() in environment.read_bytes():
                found.add(int(environment.parent.name))
        except OSError:
            continue
    return found


def is_live(address: str) -> bool:
    try:
        return requests.get(f"{address}/health/live", timeout=2).status_code == 200
    except requests.RequestException:
        return False


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_supervisor_ends_every_process_that_it_started(
    own_database: str, tmp_path: Path, ending: signal.Signals
) -> None:
    mark, port = f"PORTAL_MARK={uuid.uuid4()}", free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": url_of(own_database),
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "PORT": str(port),
        mark.partition("=")[0]: mark.partition("=")[2],
    }
    with (tmp_path / "log").open("wb") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "scripts/run.py"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        wait_until(lambda: is_live(f"http://127.0.0.1:{port}"))
        assert len(processes_marked(mark)) >= 5, "web, worker, beat, inbox and who watches them"
        supervisor.send_signal(ending)
        supervisor.wait(timeout=30)
        wait_until(lambda: not processes_marked(mark))
    finally:
        for process in processes_marked(mark):
            os.kill(process, signal.SIGKILL)


def test_make_hands_itself_over_to_the_supervisor_so_that_a_signal_reaches_it() -> None:
    assert "exec $(BIN)/python scripts/run.py" in (ROOT / "Makefile").read_text()
