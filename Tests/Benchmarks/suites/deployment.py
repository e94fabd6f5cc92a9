"""A running suite with the benchmark's model deployed in it, by the same commands that a person types."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import process
from harness.cpu import descendants, executable
from harness.result import BrokenRun

UP_SECONDS_MAX = 90.0
STEP_SECONDS_MAX = 120.0
DOWN_SECONDS_MAX = 30.0
PORTS_WANTED = 64
"""From the port base on; more than the suite and its workers take."""

DEPLOY_STEPS: tuple[tuple[str, ...], ...] = (
    ("model", "push", "mlp", "{model}/mlp.onnx", "--card", "{model}/card.yaml", "--as", "pusher"),
    ("approve", "mlp", "1", "--as", "approver-1"),
    ("approve", "mlp", "1", "--as", "approver-2"),
    ("deploy", "mlp", "1", "--wait"),
)
"""Verbs of `slipway`, each followed by `--state DIR`; `--wait` returns when a worker serves."""


@dataclass(frozen=True)
class Deployment:
    """Where the gateway listens, the key to call it with, and whose CPU counts."""

    gateway: str
    key_file: Path
    server_pids: tuple[int, ...]


def read_gateway(endpoints: str) -> str:
    """The gateway's host:port in endpoints.json. BrokenRun unless it is on loopback: that is all that a
    benchmark may load."""
    try:
        address: str = json.loads(endpoints)["gateway"]
        host, port = address.rsplit(":", 1)
        loopback = host in ("127.0.0.1", "localhost", "[::1]") and int(port) > 0
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenRun(f"endpoints.json has no gateway as host:port: {error!r}") from None
    if not loopback:
        raise BrokenRun(f"the gateway is at `{address}`, expected loopback")
    return address


def serving_pids(root: int) -> tuple[int, ...]:
    """Gateway and workers: what a call goes through. The other services are beside the way."""
    named = [(executable(pid), pid) for pid in descendants(root)]
    found = tuple(
        pid for service in ("gateway", "inference-worker") for name, pid in named if name == service)
    if len(found) < 2:
        raise BrokenRun(f"expected a gateway and a worker below `slipway up`, found {named}")
    return found


@contextmanager
def deployed(binaries: Path, model: Path) -> Iterator[Deployment]:
    """Starts the suite in a new state directory, deploys `model`, and ends it all afterwards."""
    slipway = str(binaries / "slipway")
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        state = Path(folder) / "state"
        with open(Path(folder) / "up.log", "w+", encoding="utf-8") as log:
            up = process.start(
                [slipway, "up", "--state", str(state), "--port-base", str(_port_base())],
                stdout=log, stderr=subprocess.STDOUT)
            try:
                gateway = _wait_until_up(up, state, Path(log.name))
                for step in DEPLOY_STEPS:
                    words = [word.format(model=model) for word in step]
                    process.run([slipway, *words, "--state", str(state)], None, STEP_SECONDS_MAX)
                yield Deployment(gateway, state / "admin.key", serving_pids(up.pid))
            finally:
                process.stop(up, DOWN_SECONDS_MAX)


def _wait_until_up(up: subprocess.Popen[str], state: Path, log: Path) -> str:
    """`slipway up` writes both files once every service is ready; the gateway's address."""
    endpoints, key = state / "endpoints.json", state / "admin.key"
    deadline = time.monotonic() + UP_SECONDS_MAX
    while time.monotonic() < deadline and up.poll() is None:
        if endpoints.exists() and key.exists():
            return read_gateway(endpoints.read_text())
        time.sleep(0.05)
    raise BrokenRun(f"`slipway up` is not ready:\n{log.read_text()[-2000:]}")


def _port_base() -> int:
    """Below the ports that the kernel hands out, so that clients of other contestants can't take ours."""
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return max(1024, low - 2 * PORTS_WANTED)
