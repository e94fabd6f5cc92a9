#!/usr/bin/env python3
"""soak.py FOLDER CALLS: whether a server and its clients keep anything of a call that has ended.

FOLDER has `rpc-echo`. Half of CALLS go to a synchronous handler from callbacks, half to an async one from tasks,
over 8 connections with 32 calls in flight each, from one client process after the other. Resident memory
(/proc/PID/statm) is read all the time. After a tenth for warming up, its median over the last third must not be
more than 2 % over that of the first, for the server over all of its clients and for each client over its own
life. Exits with 0 if so and no call has failed; says the figures either way.
"""

import re
import statistics
import subprocess
import sys
import threading
import time

CONNECTIONS, IN_FLIGHT = 8, 32
GROWTH_MAX = 1.02
# What a page here and there is worth: 2 % of a process this small is less than one arena of malloc.
SLACK_BYTES = 512 << 10
CLIENTS = 4
SECONDS_MAX = 600
PAGE_BYTES = 4096


class Samples:
    """Resident memory of a process, until it is stopped."""

    def __init__(self, pid: int):
        self._path = f"/proc/{pid}/statm"
        self.bytes: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while not self._over.wait(0.05):
            try:
                with open(self._path, encoding="ascii") as file:
                    resident = int(file.read().split()[1]) * PAGE_BYTES
            except (OSError, IndexError):
                return
            if resident:
                self.bytes.append(resident)

    def stop(self) -> list[int]:
        """What was read."""
        self._over.set()
        self._thread.join()
        return self.bytes


def growth(samples: list[int]) -> tuple[float, float]:
    """MiB in the first and the last third behind the warm-up."""
    rest = samples[len(samples) // 10 :]
    third = max(1, len(rest) // 3)
    return statistics.median(rest[:third]) / (1 << 20), statistics.median(rest[-third:]) / (1 << 20)


def is_flat(first: float, last: float) -> bool:
    """Within the bound."""
    return last <= first * GROWTH_MAX + SLACK_BYTES / (1 << 20)


def client(folder: str, mode: str, port: str, seconds: float) -> tuple[int, int, list[int]]:
    """Calls, those that failed, and the client's memory."""
    process = subprocess.Popen(
        [f"{folder}/rpc-echo", "client", "--mode", mode, "--port", port, "--seconds", f"{seconds:.2f}",
         "--warm-up", "0", "--connections", str(CONNECTIONS), "--inflight", str(IN_FLIGHT)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    samples = Samples(process.pid)
    output = process.communicate()[0]
    memory = samples.stop()
    found = re.search(r"calls=(\d+) errors=(\d+)", output)
    if process.returncode or not found:
        raise SystemExit(f"the client ended with {process.returncode}: {output}")
    return int(found[1]), int(found[2]), memory


def soak(folder: str, mode: str, calls_wanted: int) -> list[str]:
    """What was wrong."""
    faults = []
    server = subprocess.Popen(
        [f"{folder}/rpc-echo", "server", "--mode", mode, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        port = server.stdout.readline().split()[1]
        # How fast this machine is decides how long a client runs.
        rate = client(folder, mode, port, 2)[0] / 2
        seconds = min(SECONDS_MAX, max(1.0, calls_wanted / CLIENTS / rate))
        samples = Samples(server.pid)
        calls = errors = 0
        start = time.monotonic()
        while calls < calls_wanted:
            more, failed, memory = client(folder, mode, port, seconds)
            calls, errors = calls + more, errors + failed
            first, last = growth(memory)
            print(f"{mode}: a client made {more} calls, {first:.2f} MiB, then {last:.2f}")
            if not is_flat(first, last):
                faults.append(f"{mode}: a client grew from {first:.2f} to {last:.2f} MiB")
        first, last = growth(samples.stop())
        print(
            f"{mode}: the server answered {calls} calls in {time.monotonic() - start:.0f} s, "
            f"{first:.2f} MiB, then {last:.2f} ({(last / first - 1) * 100:+.2f} %)"
        )
        if not is_flat(first, last):
            faults.append(f"{mode}: the server grew from {first:.2f} to {last:.2f} MiB")
        if errors:
            faults.append(f"{mode}: {errors} calls failed")
    finally:
        server.kill()
        server.wait()
    return faults


def main() -> int:
    """Both kinds of handlers."""
    folder, calls = sys.argv[1], int(sys.argv[2])
    faults = soak(folder, "sync", calls // 2) + soak(folder, "async", calls // 2)
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
