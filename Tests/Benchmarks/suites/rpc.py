"""Unary echo over loopback TCP: ours beside the C reference and gRPC, server and client on a core each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness import build, certificates, process
from harness.measure import Absent, Contestant, Plan, interleave
from harness.options import Options
from harness.report import comparisons_table, figures_table
from harness.result import Result, Shape
from harness.spread import Comparison, best, compare

LOADS = ((1, 1), (1, 64), (8, 32))
PAYLOADS = ("64", "1024", "64kf", "64kt")
PAYLOADS_QUICK = ("64", "64kf")

OUR_MODES = {
    "sync": ("sync", "sync"),
    "async": ("async", "sync"),
    "async-both": ("async", "async"),
}
"""The server's handler and the client's API. Lines without a mode are `sync`."""

LATENCY, TLS = "latency", "tls"
LOAD_OF_VARIANT = {LATENCY: (1, 1), TLS: (8, 32)}
"""Where a variant of `sync` is of interest: loops that poll, with one call at a time; TLS 1.3, under load."""
REFERENCES_OF_VARIANT = {LATENCY: ("c-reference", "grpc-cpp"), TLS: ("plain",)}


@dataclass(frozen=True)
class EchoPair:
    """A server and a client that speak the contract of the README."""

    name: str
    server: tuple[str, ...]
    client: tuple[str, ...]

    def contestant(self) -> Contestant:
        return Contestant(self.name, self.run)

    def run(self, shape: Shape, plan: Plan) -> Result:
        """A fresh server for each run: no run inherits another's heap or connections."""
        with process.server([*self.server, "--port", "0"], process.server_core()) as (port, pid):
            command = [
                *self.client, "--name", self.name, "--port", str(port), "--payload", shape.payload,
                "--connections", str(shape.connections), "--inflight", str(shape.inflight),
                "--seconds", str(plan.seconds), "--warm-up", str(plan.warm_up_seconds),
                "--server-pid", str(pid),
            ]
            return process.client(command, process.client_core(), plan.seconds_max)


@dataclass(frozen=True)
class Metric:
    """A figure of a run, and which direction is good."""

    name: str
    field: str
    unit: str
    higher_is_better: bool

    def of(self, results: Sequence[Result]) -> list[float]:
        return [getattr(result, self.field) for result in results]


THROUGHPUT = Metric("throughput", "calls_per_second", "calls/s", True)
CPU = Metric("cpu", "cpu_us_per_call", "CPU us/call", False)  # client and server together
P50 = Metric("p50", "p50_us", "us", False)


def metrics(shape: Shape) -> tuple[Metric, ...]:
    """With many in flight a closed loop's latency only restates its throughput."""
    alone = shape.connections * shape.inflight == 1
    return (THROUGHPUT, CPU, P50) if alone else (THROUGHPUT, CPU)


REFERENCES = {
    "c-reference": ("c-reference",),
    "grpc-cpp": ("grpc-cpp-callback", "grpc-cpp-queue"),
    "grpc-swift": ("grpc-swift",),
    "plain": ("slipway-sync",),
}
"""A reference and its variants: the best variant of each figure stands for it."""


def pair(name: str, folder: Path, *mode: str) -> EchoPair:
    return EchoPair(name, (str(folder / "server"), *mode), (str(folder / "client"), *mode))


def tool(name: str, executable: Path, *mode: str) -> EchoPair:
    """One executable with the subcommands `server` and `client`."""
    return EchoPair(name, (str(executable), "server", *mode), (str(executable), "client", *mode))


def our_name(mode: str) -> str:
    return f"slipway-{mode}"


def in_mode(mode: str, executable: Path) -> EchoPair:
    handler, api = OUR_MODES[mode]
    return EchoPair(
        our_name(mode), (str(executable), "server", "--mode", handler),
        (str(executable), "client", "--mode", api))


def variants(options: Options, echo: Path) -> list[Contestant]:
    """Ours with options of the connection, the synchronous handler and client."""
    folder = certificates.make(build.BUILD / "certificates", install=options.install)
    more = {LATENCY: ("--latency",), TLS: ("--tls", str(folder))}
    return [
        tool(our_name(variant), echo, "--mode", "sync", *more[variant]).contestant()
        for variant in LOAD_OF_VARIANT]


def taking_part(contestants: Sequence[Contestant], shape: Shape) -> list[Contestant]:
    """A variant runs in the shapes that it is meant for."""
    unmeant = {our_name(variant) for variant, load in LOAD_OF_VARIANT.items()
               if load != (shape.connections, shape.inflight)}
    return [one for one in contestants if one.name not in unmeant]


def contestants(options: Options, absent: list[Absent]) -> list[Contestant]:
    pairs: list[EchoPair] = []
    ours: list[Contestant] = []
    if not options.references_only:
        echo = build.built(options.ours or build.build_ours(["rpc-echo"]), "rpc-echo")
        pairs += [in_mode(mode, echo) for mode in OUR_MODES]
        ours = variants(options, echo)
    c_folder = build.build_reference(build.C_REFERENCE, install=options.install)
    cpp_folder = build.build_reference(build.GRPC_CPP, install=options.install)
    pairs.append(pair("c-reference", c_folder))
    pairs += [
        pair(f"grpc-cpp-{mode}", cpp_folder, "--mode", mode) for mode in ("callback", "queue")]
    if "grpc-swift" in options.extra or build.has_grpc_swift():
        pairs.append(tool("grpc-swift", build.built(build.build_grpc_swift(), "rpc-grpc-swift")))
    else:
        absent.append(Absent("grpc-swift", "not asked for with `--with grpc-swift`"))
    return [*ours, *(one.contestant() for one in pairs)]


def against(
    shape: Shape, results: dict[str, list[Result]], mine: str, label: str, reference: str
) -> list[Comparison]:
    """Every figure of `mine` against the best variant of a reference; none if that was not run."""
    variants = [name for name in REFERENCES[reference] if name in results]
    lines = []
    for metric in metrics(shape) if variants else ():
        candidates = {name: metric.of(results[name]) for name in variants}
        strongest = best(candidates, higher_is_better=metric.higher_is_better)
        lines.append(compare(
            f"{metric.name} {label}{shape.label} vs {reference}", metric.unit,
            metric.of(results[mine]), candidates[strongest], strongest))
    return lines


def comparisons(shape: Shape, results: dict[str, list[Result]]) -> list[Comparison]:
    lines: list[Comparison] = []
    for mode in OUR_MODES:
        label = "" if mode == "sync" else f"{mode} "
        for reference in REFERENCES:
            if our_name(mode) in results and reference != "plain":
                lines += against(shape, results, our_name(mode), label, reference)
    for variant, references in REFERENCES_OF_VARIANT.items():
        for reference in references:
            if our_name(variant) in results:
                lines += against(shape, results, our_name(variant), f"{variant} ", reference)
    return lines


def references_among_themselves(
    shape: Shape, results: dict[str, list[Result]]
) -> list[Comparison]:
    others = [name for name in results if name != "c-reference"]
    return [line for name in others
            for line in against(shape, results, name, f"{name} ", "c-reference")]


def run(options: Options) -> list[Comparison]:
    absent: list[Absent] = []
    entrants = contestants(options, absent)
    payloads = PAYLOADS_QUICK if options.quick else PAYLOADS
    shapes = [Shape(payload, *load) for payload in payloads for load in LOADS]
    measured = {
        shape: interleave(taking_part(entrants, shape), shape, options.plan, absent)
        for shape in shapes if options.wants(shape)}

    compared = references_among_themselves if options.references_only else comparisons
    lines = [line for shape, results in measured.items() for line in compared(shape, results)]
    print(figures_table(measured, absent))
    print()
    print(comparisons_table(lines, "measured" if options.references_only else "ours"))
    return lines
