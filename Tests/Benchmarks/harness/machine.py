"""What the machine is, and whether it is quiet enough to measure on."""

from __future__ import annotations

import os
import platform
import time

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def _busy_seconds() -> float:
    """CPU seconds that all processes have used since boot: user, nice, system, irq, softirq."""
    with open("/proc/stat", encoding="ascii") as stat:
        fields = [int(word) for word in stat.readline().split()[1:]]
    return (sum(fields[:3]) + sum(fields[5:7])) / _TICKS_PER_SECOND


def cores_used_by_others(seconds: float = 1.0) -> float:
    """Cores in use while this process sleeps."""
    busy, started = _busy_seconds(), time.monotonic()
    time.sleep(seconds)
    return (_busy_seconds() - busy) / (time.monotonic() - started)


def noise(when: str) -> str:
    """How much others disturb, while nothing of ours runs."""
    others = cores_used_by_others()
    text = f"{others:.1f} cores used by others {when}"
    return text + ": noisy, trust the ratios at most" if others > 0.1 else text


def describe() -> str:
    return (f"{len(os.sched_getaffinity(0))} cores, Linux {platform.release()}, "
            f"{noise('before the start')}")
