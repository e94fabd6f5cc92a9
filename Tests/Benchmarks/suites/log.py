"""The transparency log in process: durable entries beside the disk's own fsync, proofs, verification."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median

from harness import build
from harness.options import Options
from harness.places import BUILD
from harness.report import comparisons_table, figure, table
from harness.result import BrokenRun
from harness.spread import Comparison, compare

CALLERS = 64
FSYNCS = 400
FSYNC_BYTES = 1024
"""About what one entry adds to the disk."""
VERIFIED_ENTRIES = 1_000_000
PROVEN_ENTRIES = 10_000_000
PROOFS = 2000
SECONDS_MAX = 3600


def say(load: Path, *arguments: object) -> list[dict[str, float]]:
    """What `log-load` says: one JSON object a line."""
    command = [str(load), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS_MAX)
    if done.returncode != 0:
        raise BrokenRun(f"`{' '.join(command)}`: {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def fsync_us(folder: Path) -> float:
    """Median of one append and fdatasync on the disk that the log is on."""
    path = folder / "fsync-probe"
    times = []
    file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    try:
        for _ in range(FSYNCS):
            begun = time.perf_counter()
            os.write(file, bytes(FSYNC_BYTES))
            os.fdatasync(file)
            times.append((time.perf_counter() - begun) * 1e6)
    finally:
        os.close(file)
        path.unlink()
    return median(times)


def appending(load: Path, folder: Path, options: Options) -> tuple[list[Comparison], list[list[str]]]:
    """One caller beside one fsync, in turns; then many callers."""
    seconds = 1 if options.quick else 3
    fsyncs, ones, many = [], [], []
    for _ in range(options.plan.runs):
        fsyncs.append(fsync_us(folder))
        ones.append(say(load, "append", folder / "one", 1, seconds)[0]["p50_us"])
        many.append(say(load, "append", folder / "many", CALLERS, seconds)[0])
    line = compare("acknowledgement of one caller", "us", ones, fsyncs, "fdatasync")
    rates = [run["entries_per_second"] for run in many]
    waits = [run["p50_us"] for run in many]
    return [line], [
        ["one caller's acknowledgement, p50", figure(median(ones)), "us", "<= 2 fsyncs", f"{line.ratio:.2f}"],
        [f"durable entries, {CALLERS} callers", figure(median(rates)), "entries/s", ">= 50000", ""],
        [f"acknowledgement, {CALLERS} callers, p50", figure(median(waits)), "us", "", ""],
    ]


def reading(load: Path, folder: Path, options: Options) -> list[list[str]]:
    entries = VERIFIED_ENTRIES // 10 if options.quick else VERIFIED_ENTRIES
    log, out = folder / "big", folder / "export"
    filled = say(load, "fill", log, entries)[0]
    say(load, "export", log, out)
    rows = [["filling in big commits", figure(filled["entries_per_second"]), "entries/s", "", ""]]
    for run in say(load, "verify", out, options.plan.runs):
        beside = "with records" if run["with_records"] else "tree only"
        rows.append([f"verifying {entries:,} entries, {beside}", figure(run["seconds"]), "s", "<= 3 for 1,000,000", ""])
    shutil.rmtree(out)
    if not options.quick:
        entries = PROVEN_ENTRIES
        say(load, "fill", log, entries)
    proven = say(load, "prove", log, PROOFS)[0]
    rows.append([f"a proof at {entries:,} entries, p50", figure(proven["p50_us"]), "us", "<= 1000", ""])
    rows.append([f"a proof at {entries:,} entries, p99", figure(proven["p99_us"]), "us", "", ""])
    return rows


def run(options: Options) -> list[Comparison]:
    load = build.built(options.ours or build.build_ours(["log-load"]), "log-load")
    folder = BUILD / "log"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        comparisons, rows = appending(load, folder, options)
        rows += reading(load, folder, options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(table(["figure", "measured", "unit", "wanted", "fsyncs"], rows))
    print()
    print(comparisons_table(comparisons))
    return comparisons
