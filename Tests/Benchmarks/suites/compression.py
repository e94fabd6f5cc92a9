"""64 KiB of text with compression and without: between two network namespaces joined at 1 Gbit/s, and over
loopback, where nobody asks for it and it must stay off by itself.

Beyond loopback ours speak TLS only, so both sides of the comparison do.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from harness import namespaces, process
from harness.measure import Contestant, Plan
from harness.namespaces import Link
from harness.result import Result, Shape
from harness.spread import Comparison, compare

RATE = "1gbit"
SHAPE = Shape("64kt", 8, 32)
COMPRESSED, PLAIN, AUTOMATIC = "slipway-compressed", "slipway-uncompressed", "slipway-automatic"


@dataclass(frozen=True)
class Wired:
    """Our server and client, at the two ends of a link or, without one, on loopback."""

    name: str
    echo: Path
    certificates: Path
    compress: tuple[str, ...] = ()
    link: Link | None = None

    def contestant(self) -> Contestant:
        return Contestant(self.name, self.run)

    def run(self, shape: Shape, plan: Plan) -> Result:
        wire = ["--tls", str(self.certificates), *self.compress]
        if self.link is not None:
            wire += ["--host", self.link.address]
        serve = [str(self.echo), "server", "--mode", "async", *wire, "--port", "0"]
        call = [str(self.echo), "client", "--mode", "async", *wire]
        if self.link is not None:
            serve, call = self.link.on_server(serve), self.link.on_client(call)
        # `ip netns exec` becomes what it starts, so the pid is the server's.
        with process.server(serve, process.server_core()) as (port, pid):
            command = [
                *call, "--name", self.name, "--port", str(port), "--payload", shape.payload,
                "--connections", str(shape.connections), "--inflight", str(shape.inflight),
                "--seconds", str(plan.seconds), "--warm-up", str(plan.warm_up_seconds),
                "--server-pid", str(pid)]
            return process.client(command, process.client_core(), plan.seconds_max)


def between_machines(echo: Path, certificates: Path, link: Link) -> list[Contestant]:
    return [
        Wired(COMPRESSED, echo, certificates, ("--compress", "on"), link).contestant(),
        Wired(PLAIN, echo, certificates, ("--compress", "off"), link).contestant()]


def on_loopback(echo: Path, certificates: Path) -> list[Contestant]:
    return [
        Wired(AUTOMATIC, echo, certificates).contestant(),
        Wired(PLAIN, echo, certificates, ("--compress", "off")).contestant(),
        Wired(COMPRESSED, echo, certificates, ("--compress", "on")).contestant()]


def comparisons(
    results: dict[str, list[Result]], *, place: str, mine: str
) -> list[Comparison]:
    """`mine` against the uncompressed, and for loopback also against the compressed."""
    others = [name for name in (PLAIN, COMPRESSED) if name in results and name != mine]
    label = f"{mine.removeprefix('slipway-')} {place} {SHAPE.label}"
    return [
        compare(f"{figure} {label} vs {other}", unit,
                [getattr(one, field) for one in results[mine]],
                [getattr(one, field) for one in results[other]], other)
        for other in others
        for figure, field, unit in (("throughput", "calls_per_second", "calls/s"),
                                    ("cpu", "cpu_us_per_call", "CPU us/call"))]


def missing() -> str | None:
    """Why it can't be measured between namespaces, or None."""
    return namespaces.missing()
