"""Policies in process: checks of 1 KiB of copy against 1,000 terms and 40 patterns, on one core."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from statistics import median

from harness import build
from harness.options import Options
from harness.report import figure, table
from harness.result import BrokenRun
from harness.spread import Comparison

SECONDS_MAX = 600
WANTED = 50_000


def say(load: Path, seconds: int) -> list[dict[str, float]]:
    """What `policy-load` says: one JSON object a line."""
    command = [str(load), str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX)
    if done.returncode != 0:
        raise BrokenRun(f"`{' '.join(command)}`: {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(options: Options) -> list[Comparison]:
    load = build.built(options.ours or build.build_ours(["policy-load"]), "policy-load")
    seconds = 1 if options.quick else 3
    runs = [say(load, seconds) for _ in range(options.plan.runs)]
    rows = []
    for lines in zip(*runs):
        text = str(lines[0]["text"])
        rate = median(line["checks_per_second"] for line in lines)
        wanted = f">= {WANTED}" if text == "clean" else ""
        rows.append([f"checks of 1 KiB, {text}", figure(rate), "checks/s", wanted])
        rows.append([f"one check, {text}, p50", figure(median(line["p50_us"] for line in lines)), "us", ""])
        rows.append([f"one check, {text}, p99", figure(median(line["p99_us"] for line in lines)), "us", ""])
    print(table(["figure", "measured", "unit", "wanted"], rows))
    return []
