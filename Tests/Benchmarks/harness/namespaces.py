"""Two network namespaces joined by a link of a stated rate, made for a measurement and removed after it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from harness.result import BrokenRun

LATENCY = "50ms"
"""How long the shaper lets bytes wait: more than its buffer, or it would drop them."""
BURST = "256kb"


@dataclass(frozen=True)
class Link:
    """The namespaces' names, and the address of the server's end."""

    server: str
    client: str
    address: str

    def on_server(self, command: Sequence[str]) -> list[str]:
        return ["ip", "netns", "exec", self.server, *command]

    def on_client(self, command: Sequence[str]) -> list[str]:
        return ["ip", "netns", "exec", self.client, *command]


def missing() -> str | None:
    """Why no namespace can be made here, or None."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    for tool in ("ip", "tc"):
        if shutil.which(tool) is None:
            return f"needs `{tool}` (Debian package iproute2)"
    return None


@contextmanager
def shaped(rate: str) -> Iterator[Link]:
    """A link of `rate`, such as `1gbit`, both ways. BrokenRun if the kernel refuses."""
    tag = f"slipbench{os.getpid()}"
    link = Link(f"{tag}s", f"{tag}c", "10.111.0.1")
    try:
        for name in (link.server, link.client):
            _run("ip", "netns", "add", name)
        _run("ip", "-n", link.server, "link", "add", "near", "type", "veth", "peer", "name", "near",
             "netns", link.client)
        for name, address in ((link.server, link.address), (link.client, "10.111.0.2")):
            _run("ip", "-n", name, "address", "add", f"{address}/24", "dev", "near")
            for device in ("lo", "near"):
                _run("ip", "-n", name, "link", "set", device, "up")
            _run("tc", "-n", name, "qdisc", "add", "dev", "near", "root", "tbf", "rate", rate,
                 "burst", BURST, "latency", LATENCY)
        yield link
    finally:
        # The link goes with its namespaces.
        for name in (link.server, link.client):
            subprocess.run(["ip", "netns", "delete", name], capture_output=True, check=False)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BrokenRun(f"`{' '.join(command)}`: {done.stderr.strip()}")
