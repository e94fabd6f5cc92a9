"""Runs contestants in turns, so that whatever the machine does meanwhile happens to all of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from harness.result import BrokenRun, Result, Shape

RETRIES_MAX = 1
"""A run that breaks is tried once more (a starved machine can miss a time limit), then it is an error."""


@dataclass(frozen=True)
class Plan:
    """How long and how often. Seconds are per run."""

    runs: int
    seconds: float
    warm_up_seconds: float

    @property
    def seconds_max(self) -> float:
        """When a client that should have ended long ago is ended."""
        return self.warm_up_seconds + self.seconds + 20


FULL = Plan(runs=5, seconds=1.0, warm_up_seconds=0.3)
QUICK = Plan(runs=3, seconds=0.5, warm_up_seconds=0.2)


@dataclass(frozen=True)
class Contestant:
    """Something that can be run once under a shape and says what it measured."""

    name: str
    run: Callable[[Shape, Plan], Result]
    is_peer: bool = False
    """Other people's software: if it breaks, the report says so and the others are measured all the same."""


@dataclass(frozen=True)
class Absent:
    """Who has no figures, though a reader might look for them."""

    name: str
    reason: str


def interleave(
    contestants: Sequence[Contestant], shape: Shape, plan: Plan, absent: list[Absent]
) -> dict[str, list[Result]]:
    """A B C A B C …: `plan.runs` rounds, by contestant. A peer that breaks goes to `absent`."""
    results: dict[str, list[Result]] = {contestant.name: [] for contestant in contestants}
    for number in range(plan.runs):
        for contestant in contestants:
            if contestant.name not in results:
                continue
            _say(f"{shape.label}: run {number + 1} of {plan.runs}, {contestant.name}")
            try:
                results[contestant.name].append(_run(contestant, shape, plan))
            except BrokenRun as broken:
                if not contestant.is_peer:
                    raise
                del results[contestant.name]
                absent.append(Absent(f"{shape.label}  {contestant.name}", f"broke: {broken}"))
    _say("")
    return results


def _run(contestant: Contestant, shape: Shape, plan: Plan) -> Result:
    for left in reversed(range(RETRIES_MAX + 1)):
        try:
            result = contestant.run(shape, plan)
            if result.seconds < 0.8 * plan.seconds:
                raise BrokenRun(f"measured {result.seconds} s instead of {plan.seconds}")
            return result
        except BrokenRun as error:
            print(f"\n{contestant.name}, {shape.label}: {error}", file=sys.stderr)
            if left == 0:
                raise
    raise AssertionError("unreachable")


def _say(text: str) -> None:
    """Progress for a person at a terminal; nothing in a log."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
