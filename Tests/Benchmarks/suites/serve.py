"""The MLP through client → gateway → worker, beside the engine alone and other people's model servers.

Nobody is pinned here: every contestant has several processes and shares the cores with its client.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from harness import build, process
from harness.measure import Absent, Contestant, Plan, interleave
from harness.options import Options
from harness.places import BENCHMARKS, BUILD, REFERENCES, VENV_PYTHON
from harness.report import comparisons_table, figures_table
from harness.result import Result, Shape
from harness.spread import Comparison, best, compare
from suites.deployment import Deployment, deployed
from suites.peers import PeerFolder, own_peers

LEVELS = {1: (1, 1), 16: (4, 4), 64: (8, 8)}
"""In flight: connections x in flight on each. Peers open one connection per call in flight."""

OURS = "slipway"
ENGINE = "engine-unbatched"
SERVICES = ("slipway", "gateway", "inference-worker", "registry", "monitor", "content-governor")


def prepare_model(*, install: bool) -> Path:
    python = build.need_venv(install=install)
    build.run([python, BENCHMARKS / "models" / "mlp.py", BUILD / "mlp"])
    return BUILD / "mlp"


def engine_alone(model: Path) -> Contestant:
    def run(shape: Shape, plan: Plan) -> Result:
        command = [
            VENV_PYTHON, REFERENCES / "engine" / "unbatched.py", "--model", model,
            "--inflight", shape.connections * shape.inflight,
            "--seconds", plan.seconds, "--warm-up", plan.warm_up_seconds]
        return process.client([str(word) for word in command], None, plan.seconds_max)

    return Contestant(ENGINE, run)


def ours(load: Path, deployment: Deployment, model: Path) -> Contestant:
    def run(shape: Shape, plan: Plan) -> Result:
        pids = ",".join(str(pid) for pid in deployment.server_pids)
        command = [
            load, "--name", OURS, "--endpoint", deployment.gateway, "--key-file", deployment.key_file,
            "--model", "mlp", "--sample", model / "sample.json",
            "--connections", shape.connections, "--inflight", shape.inflight,
            "--seconds", plan.seconds, "--warm-up", plan.warm_up_seconds, "--server-pid", pids]
        return process.client([str(word) for word in command], None, plan.seconds_max)

    return Contestant(OURS, run)


def peers(options: Options, model: Path, absent: list[Absent]) -> list[Contestant]:
    """The folder's, if one is given; else our own references, so that a public clone has peers too."""
    if options.peers:
        return PeerFolder.at(options.peers).contestants(options.peer, absent)
    build.need_packages(["wrk"], install=options.install)
    return own_peers(model)


def compare_level(level: int, results: dict[str, list[Result]]) -> list[Comparison]:
    """Throughput against the engine; throughput, CPU and, one at a time, p50 against the best peer of
    each. No line for a reference that has no figures."""
    lines = []

    def line(metric: str, field: str, unit: str, higher_is_better: bool, reference: str,
             candidates: list[str]) -> None:
        if not candidates:
            return
        figures = {name: [getattr(run, field) for run in results[name]] for name in candidates}
        strongest = best(figures, higher_is_better=higher_is_better)
        own = [getattr(run, field) for run in results[OURS]]
        lines.append(compare(
            f"{metric} mlp {level} vs {reference}", unit, own, figures[strongest], strongest))

    servers = [name for name in results if name not in (OURS, ENGINE)]
    line("throughput", "calls_per_second", "calls/s", True, ENGINE, [ENGINE])
    line("throughput", "calls_per_second", "calls/s", True, "best-peer", servers)
    line("cpu", "cpu_us_per_call", "CPU us/call", False, "best-peer", servers)
    line("server-cpu", "server_cpu_us_per_call", "server CPU us/call", False, "best-peer", servers)
    if level == 1:
        line("p50", "p50_us", "us", False, "best-peer", servers)
    return lines


def run(options: Options) -> list[Comparison]:
    model = prepare_model(install=options.install)
    absent: list[Absent] = []
    entrants = [engine_alone(model), *peers(options, model, absent)]
    measured: dict[Shape, dict[str, list[Result]]] = {}
    with ExitStack() as stack:
        if not options.references_only:
            load = build.built(options.ours or build.build_ours(["slipway-load"]), "slipway-load")
            binaries = options.binaries or build.build_suite(SERVICES)
            for service in SERVICES:
                build.built(binaries, service)
            entrants.insert(0, ours(load, stack.enter_context(deployed(binaries, model)), model))
        for connections, inflight in LEVELS.values():
            shape = Shape("mlp", connections, inflight)
            if options.wants(shape):
                measured[shape] = interleave(entrants, shape, options.plan, absent)

    print(figures_table(measured, absent))
    if options.references_only:
        return []
    lines = [line for shape, results in measured.items()
             for line in compare_level(shape.connections * shape.inflight, results)]
    print()
    print(comparisons_table(lines))
    return lines
