"""The portal's real processes on servers of their own, which a test may stop and start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.stack import Stack, copy_data, new_state
from tests.services import SmtpSink, free_port


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of stopped servers that hold a migrated, loaded portal, made once."""
    home = tmp_path_factory.mktemp("prepared")
    state = new_state()
    stack = Stack(home, state, SmtpSink(state.smtp_port))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_EMBEDDED_FSYNC", "off")
        try:
            stack.prepare()
        finally:
            stack.stop()
    return home


@pytest.fixture
def stack(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Start servers and serve the portal; worker and beat are the test's to start."""
    home = copy_data(prepared, tmp_path / "servers")
    monkeypatch.setenv("PORTAL_EMBEDDED_FSYNC", "off")
    state = new_state()
    running = Stack(home, state, SmtpSink(state.smtp_port).start())
    try:
        running.start_postgres()
        running.start_valkey()
        port = free_port()
        running.processes.environment["PORTAL_URL"] = f"http://127.0.0.1:{port}"
        running.address = running.processes.web(port)
        yield running
    finally:
        running.stop()
