"""The RESULT line: what a load client says about one run."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class BrokenRun(Exception):
    """A run that must not become a figure: it failed, lost calls, or said something else than agreed."""


MODELS = ("mlp", "minilm")
CONNECTIONS_MAX = 4


@dataclass(frozen=True)
class Shape:
    """What is asked of a load client: one payload kind, K connections, M calls in flight on each."""

    payload: str
    connections: int
    inflight: int

    LABELS = {"64": "64B", "1024": "1KiB", "64kf": "64KiB-float32", "64kt": "64KiB-text",
              "1mf": "1MiB-float32"}

    @property
    def label(self) -> str:
        """`64B 8x32`, or `mlp 64` for a model over at most 4 connections: peers open one for each call in
        flight. `mlp 64 over 64` where ours does too."""
        if self.payload in MODELS:
            label = f"{self.payload} {self.connections * self.inflight}"
            return label if self.connections <= CONNECTIONS_MAX else f"{label} over {self.connections}"
        payload = self.LABELS.get(self.payload, self.payload)
        return f"{payload} {self.connections}x{self.inflight}"


@dataclass(frozen=True)
class Result:
    """One run. Times in microseconds; CPU in microseconds per call (the same number as CPU-seconds per
    million calls)."""

    name: str
    payload: str
    connections: int
    inflight: int
    calls: int
    errors: int
    seconds: float
    calls_per_second: float
    p50_us: float
    p90_us: float
    p99_us: float
    p999_us: float
    client_cpu_us_per_call: float
    server_cpu_us_per_call: float
    server_cpu_us_per_call_each: tuple[float, ...]

    @property
    def cpu_us_per_call(self) -> float:
        """Both sides: what a call costs the machine."""
        return self.client_cpu_us_per_call + self.server_cpu_us_per_call


_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "tuple[float, ...]": lambda text: tuple(float(part) for part in text.split(",") if part),
}


def parse_result(output: str) -> Result:
    """The one RESULT line in a client's standard output.

    Raises BrokenRun if there is none or more than one, if a field is missing, unknown or no number, if
    a call failed, or if nothing was measured: a benchmark must not average over a broken run.
    """
    lines = [line for line in output.splitlines() if line.startswith("RESULT ")]
    if len(lines) != 1:
        raise BrokenRun(f"expected one RESULT line, got {len(lines)}")
    try:
        fields = dict(part.split("=", 1) for part in lines[0].split()[1:])
    except ValueError:
        raise BrokenRun(f"expected `field=value` pairs: {lines[0]}") from None
    wanted = Result.__annotations__
    if fields.keys() != wanted.keys():
        raise BrokenRun(f"missing or unknown fields: {sorted(fields.keys() ^ wanted.keys())}")
    try:
        result = Result(**{name: _READERS[kind](fields[name]) for name, kind in wanted.items()})
    except ValueError as error:
        raise BrokenRun(f"a field is no number: {error}") from None
    if result.errors:
        raise BrokenRun(f"{result.errors} calls failed or had a wrong answer")
    for figure in (result.calls, result.calls_per_second, result.p50_us):
        if not (math.isfinite(figure) and figure > 0):
            raise BrokenRun("nothing was measured")
    return result
