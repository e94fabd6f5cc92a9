"""What a process between client and server costs with a body of 1 MiB: our gateway beside a raw splice.

The same bytes go through both, there and back. Compared is the CPU of the process between, and the time of a
call. The splice stands between the C reference's ends: ours sign the address that they listen on, and take
nobody between them.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import process
from harness.measure import Contestant, Plan
from harness.result import BrokenRun, Result, Shape
from harness.spread import Comparison, compare

SHAPES = (Shape("1mf", 1, 1),)
GATEWAY, SPLICE = "slipway-gateway", "raw-splice"
READY_SECONDS_MAX = 30.0


@dataclass(frozen=True)
class Between:
    """A client, a process between, and the server behind it."""

    name: str
    client: tuple[str, ...]
    chain: Callable[[], Iterator[tuple[int, int, int, tuple[str, ...]]]]
    """A context: the port to call, the pids between and behind, further arguments of the client."""

    def contestant(self) -> Contestant:
        return Contestant(self.name, self.run)

    def run(self, shape: Shape, plan: Plan) -> Result:
        with contextmanager(self.chain)() as (port, between, behind, more):
            command = [
                *self.client, *more, "--name", self.name, "--port", str(port),
                "--payload", shape.payload, "--connections", str(shape.connections),
                "--inflight", str(shape.inflight), "--seconds", str(plan.seconds),
                "--warm-up", str(plan.warm_up_seconds), "--server-pid", f"{between},{behind}"]
            return process.client(command, process.client_core(), plan.seconds_max)


def through_gateway(echo: Path, gateway: Path) -> Between:
    """Our client, the gateway that people run, and a worker and a registry that answer at once."""

    def chain() -> Iterator[tuple[int, int, int, tuple[str, ...]]]:
        state = Path(tempfile.mkdtemp(prefix="slipway-bench-"))
        try:
            backend = [str(echo), "backend", "--gateway", str(state)]
            with process.server(backend, process.server_core()) as (registry, behind):
                port = process.free_ports(1)
                nobody = f"127.0.0.1:{port}"
                running = process.start([str(gateway)], process.server_core(), environment={
                    "SLIPWAY_STATE": str(state), "SLIPWAY_LISTEN": f"127.0.0.1:{port}",
                    "SLIPWAY_REGISTRY": f"127.0.0.1:{registry}", "SLIPWAY_MONITOR": nobody,
                    "SLIPWAY_CONTENT_GOVERNOR": nobody, "SLIPWAY_LOG_LEVEL": "warning"})
                try:
                    wait_until_listening(port, state / "gateway" / "admin.key")
                    yield port, running.pid, behind, ("--gateway", str(state))
                finally:
                    process.stop(running)
        finally:
            shutil.rmtree(state, ignore_errors=True)

    return Between(GATEWAY, (str(echo), "client", "--mode", "async"), chain)


def through_splice(proxy: Path, ends: Path) -> Between:
    """The C reference's client and server with a buffer between them."""

    def chain() -> Iterator[tuple[int, int, int, tuple[str, ...]]]:
        with process.server([str(ends / "server"), "--port", "0"], process.server_core()) as (
            port, behind,
        ), process.server([str(proxy), "0", str(port)], process.server_core()) as (front, between):
            yield front, between, behind, ()

    return Between(SPLICE, (str(ends / "client"),), chain)


def wait_until_listening(port: int, key: Path, seconds_max: float = READY_SECONDS_MAX) -> None:
    deadline = time.monotonic() + seconds_max
    while time.monotonic() < deadline:
        if key.exists() and process.is_listening(port):
            return
        time.sleep(0.02)
    raise BrokenRun(f"the gateway does not listen on port {port} after {seconds_max:.0f} s")


def between_cpu(results: Sequence[Result]) -> list[float]:
    """CPU of the process between, which is the first of the servers."""
    return [result.server_cpu_us_per_call_each[0] for result in results]


def comparisons(shape: Shape, results: dict[str, list[Result]]) -> list[Comparison]:
    ours, theirs = results[GATEWAY], results[SPLICE]
    return [
        compare(f"forward-cpu {shape.label} vs {SPLICE}", "CPU us/call", between_cpu(ours),
                between_cpu(theirs), SPLICE),
        compare(f"forward-p50 {shape.label} vs {SPLICE}", "us", [one.p50_us for one in ours],
                [one.p50_us for one in theirs], SPLICE)]
