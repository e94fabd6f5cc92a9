"""The table for people and the JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from statistics import median

from harness.measure import Absent
from harness.result import Result, Shape
from harness.spread import Comparison


def figure(value: float) -> str:
    """Three to four significant digits, with thousands in `k` and millions in `M`."""
    for limit, divisor, suffix in ((1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if value >= limit:
            return f"{value / divisor:.3g}{suffix}"
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.3g}"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; the first to the left, the others to the right."""
    cells = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        padded = [row[0].ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        lines.append("  ".join(padded).rstrip())
    lines.insert(1, "-" * max(len(line) for line in lines))
    return "\n".join(lines)


REASON_CHARACTERS_MAX = 100


def figures_table(
    measured: dict[Shape, dict[str, list[Result]]], absent: Sequence[Absent] = ()
) -> str:
    """The medians of everything that ran, with the spread of the rate over the runs, and below it who has
    no figures and why."""
    rows = []
    for shape, contestants in measured.items():
        for name, results in contestants.items():
            rates = [result.calls_per_second for result in results]
            rows.append([
                f"{shape.label}  {name}",
                figure(median(rates)),
                f"{figure(min(rates))}-{figure(max(rates))}",
                *(figure(median(getattr(result, field) for result in results))
                  for field in ("p50_us", "p99_us", "client_cpu_us_per_call",
                                "server_cpu_us_per_call", "cpu_us_per_call")),
            ])
    header = ("contestant", "calls/s", "low-high", "p50 us", "p99 us", "client CPU us",
              "server CPU us", "both")
    return "\n".join([table(header, rows), *(
        f"no figures: {one.name}: {' '.join(one.reason.split())[:REASON_CHARACTERS_MAX]}"
        for one in absent)])


def comparisons_table(comparisons: Sequence[Comparison], ours: str = "ours") -> str:
    """`ours` heads the column of the measured side."""
    rows = [
        [line.name, figure(line.ours), figure(line.reference), f"{figure(line.ratio)}x",
         f"{figure(line.low)}-{figure(line.high)}", line.unit, line.reference_name]
        for line in comparisons
    ]
    return table(("comparison", ours, "reference", "ratio", "spread", "unit", "against"), rows)


def write_json(comparisons: Sequence[Comparison], path: Path) -> None:
    text = json.dumps([line.as_json() for line in comparisons], indent=2)
    path.write_text(text + "\n", encoding="utf-8")
