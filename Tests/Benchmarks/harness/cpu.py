"""CPU time and kinship of other processes, from the kernel."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

_CPUCLOCK_SCHED = 2


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads, the ended ones too; 0 if it is gone.

    The id is what `clock_getcpuclockid(3)` computes; Python offers the call for threads only.
    """
    try:
        return time.clock_gettime((~pid << 3) | _CPUCLOCK_SCHED)
    except OSError:
        return 0.0


def cpu_seconds_of(pids: Iterable[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


def descendants(root: int) -> list[int]:
    """`root` and every process that descends from it, as long as no parent between them has ended."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            parent = _parent(int(entry))
            if parent is not None:
                children.setdefault(parent, []).append(int(entry))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def executable(pid: int) -> str:
    """The file name of what the process runs; empty if it is gone."""
    try:
        return Path(os.readlink(f"/proc/{pid}/exe")).name
    except OSError:
        return ""


def _parent(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return int(stat.rsplit(") ", 1)[1].split()[1])  # the name may hold spaces and brackets
