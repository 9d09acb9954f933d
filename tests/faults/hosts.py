"""Hosts of their own on one machine, each with a network to reporters and one to the servers.

As root a host is a network namespace with two veth pairs: `cut` takes the cable to the servers out,
and packets vanish as they do then. Without root it is an address of the loopback, and the way to
the servers leads through a proxy of ours that can hold everything back. `how` says which.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import threading
from concurrent.futures import Future
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

PREFIX = "faults"


@dataclass
class Host:
    """One host: how a process is started on it, and where it finds the servers."""

    name: str
    # What stands before a command so that it runs there.
    prefix: tuple[str, ...]
    # Where its web process is reached.
    front: str
    # The servers, as seen from there: address, and port by the port that they really have.
    back: str
    ports: dict[int, int] = field(default_factory=dict)


def make_hosts(names: list[str], ports: list[int]) -> Namespaces | Loopback:
    """Return the hosts, with a way to the servers at `ports`; the caller closes them."""
    return Namespaces(names, ports) if can_make_namespaces() else Loopback(names, ports)


def can_make_namespaces() -> bool:
    """Whether this process may make network namespaces (root, and iproute2 is there)."""
    return os.geteuid() == 0 and shutil.which("ip") is not None


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


class Namespaces:
    """Hosts as network namespaces. The addresses are link-local: nothing outside reaches them."""

    how = "network namespaces with veth pairs"

    def __init__(self, names: list[str], ports: list[int]) -> None:
        _remove_left_behind()
        self._net = _free_net()
        self.hosts: dict[str, Host] = {}
        # The ends on this machine, by host: to reporters, to the servers.
        self._ends: dict[str, tuple[str, str]] = {}
        # While a cable is out, answers of the servers go nowhere rather than to the default route.
        _ip("route", "add", "unreachable", f"{self._net}.0/24", "metric", "9999")
        for number, name in enumerate(names):
            self._make(number, name, ports)

    @property
    def listen(self) -> list[str]:
        """Return the addresses on which the servers must listen for these hosts."""
        return [host.back for host in self.hosts.values()]

    def _make(self, number: int, name: str, ports: list[int]) -> None:
        space = f"{PREFIX}{os.getpid()}{name}"
        _ip("netns", "add", space)
        first = 8 * number
        front, back = f"ff{os.getpid()}{number}", f"fb{os.getpid()}{number}"
        self._ends[name] = front, back
        self._link(space, front, "front", first)
        self._link(space, back, "back", first + 4)
        _ip("-n", space, "link", "set", "lo", "up")
        self.hosts[name] = Host(
            name=name,
            prefix=("ip", "netns", "exec", space),
            front=f"{self._net}.{first + 2}",
            back=f"{self._net}.{first + 5}",
            ports={port: port for port in ports},
        )

    def _link(self, space: str, here: str, there: str, first: int) -> None:
        """Lay a cable from this machine (first + 1) to the host (first + 2)."""
        _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", space)
        _ip("addr", "add", f"{self._net}.{first + 1}/30", "dev", here)
        _ip("link", "set", here, "up")
        _ip("-n", space, "addr", "add", f"{self._net}.{first + 2}/30", "dev", there)
        _ip("-n", space, "link", "set", there, "up")

    def cut(self, name: str) -> None:
        """Take the cable between a host and the servers out."""
        _ip("link", "set", self._ends[name][1], "down")

    def mend(self, name: str) -> None:
        """Put the cable back."""
        _ip("link", "set", self._ends[name][1], "up")

    def close(self) -> None:
        """Remove everything; a namespace may outlive its name while connections end, no cable."""
        for name, host in self.hosts.items():
            for end in self._ends[name]:
                _ip("link", "del", end)
            _ip("netns", "del", host.prefix[-1])
        _ip("route", "del", "unreachable", f"{self._net}.0/24", "metric", "9999")


def _free_net() -> str:
    taken = _ip("-o", "-4", "addr") + _ip("route")
    for number in range(254):
        net = f"169.254.{1 + (os.getpid() + number) % 254}"
        if f" {net}." not in taken:
            return net
    raise RuntimeError("No link-local network is free.")


def _remove_left_behind() -> None:
    """Remove the namespaces of a run that was killed."""
    for line in _ip("netns", "list").splitlines():
        space = line.split()[0]
        owner = "".join(filter(str.isdigit, space))
        if space.startswith(PREFIX) and not Path("/proc", owner).exists():
            # Its cables go with it: no process of that run is left.
            _ip("netns", "del", space)


class Loopback:
    """Hosts as addresses of the loopback, each with a proxy of its own to every server."""

    how = "loopback addresses with TCP proxies (no root, or no iproute2)"
    listen: tuple[str, ...] = ()

    def __init__(self, names: list[str], ports: list[int]) -> None:
        self.hosts: dict[str, Host] = {}
        self._proxies: dict[str, list[Proxy]] = {}
        for number, name in enumerate(names):
            address = f"127.0.0.{11 + number}"
            proxies = [Proxy(address, port) for port in ports]
            self._proxies[name] = proxies
            seen = {proxy.to_port: proxy.port for proxy in proxies}
            self.hosts[name] = Host(name, (), address, address, seen)

    def cut(self, name: str) -> None:
        """Hold back whatever goes between a host and the servers."""
        for proxy in self._proxies[name]:
            proxy.is_open = False

    def mend(self, name: str) -> None:
        """Let it pass again."""
        for proxy in self._proxies[name]:
            proxy.is_open = True

    def close(self) -> None:
        """End the proxies."""
        for proxies in self._proxies.values():
            for proxy in proxies:
                proxy.close()


class Proxy:
    """Passes TCP on to a port of this machine; shut, it holds back instead of hanging up."""

    def __init__(self, address: str, to_port: int) -> None:
        self.to_port, self.is_open = to_port, True
        self._address, self._port = address, Future[int]()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        self.port = self._port.result(5)

    async def _serve(self) -> None:
        """Pass on until the end is asked for; what is open then breaks off."""
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._pass_on, self._address, 0)
        self._port.set_result(server.sockets[0].getsockname()[1])
        await self._end.wait()
        server.close()

    async def _pass_on(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with closing(back), suppress(OSError, asyncio.CancelledError):
            await self._until_open()
            far, there = await asyncio.open_connection("127.0.0.1", self.to_port)
            with closing(there):
                await asyncio.gather(self._pump(near, there), self._pump(far, back))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(65536):
            await self._until_open()
            target.write(data)
            await target.drain()
        target.close()

    async def _until_open(self) -> None:
        while not self.is_open:
            await asyncio.sleep(0.05)

    def close(self) -> None:
        """End it."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(5)
