"""Child processes that are pinned, bounded in time, and always ended, by their own pid."""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from harness.result import BrokenRun, Result, parse_result

READY_SECONDS_MAX = 20.0
STOP_SECONDS_MAX = 5.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def cores() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def server_core() -> int | None:
    return cores()[0] if len(cores()) > 1 else None


def client_core() -> int | None:
    return cores()[1] if len(cores()) > 1 else None


def _settle(core: int | None):
    """Runs in the child: pins it, and lets it die with the harness even if that is killed."""

    def settle() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if core is not None:
            os.sched_setaffinity(0, {core})

    return settle


def stop(process: subprocess.Popen[str]) -> None:
    """Asks the process to end and then makes it, so that nothing outlives a benchmark."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _first_line(process: subprocess.Popen[str], seconds: float) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        deadline = time.monotonic() + seconds
        if not selector.select(max(0.0, deadline - time.monotonic())):
            raise BrokenRun(f"not READY within {seconds:.0f} s: {process.args}")
    return process.stdout.readline()


@contextmanager
def server(
    command: Sequence[str], core: int | None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[int, int]]:
    """Starts a server, waits for its line `READY <port>`, yields (port, pid) and ends it."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        env=None if environment is None else {**os.environ, **environment},
        preexec_fn=_settle(core))
    try:
        words = _first_line(process, READY_SECONDS_MAX).split()
        if len(words) != 2 or words[0] != "READY" or not words[1].isdigit():
            raise BrokenRun(f"expected `READY <port>`, got {words}: {' '.join(command)}")
        yield int(words[1]), process.pid
    finally:
        stop(process)


def client(
    command: Sequence[str], core: int | None, seconds_max: float,
    environment: Mapping[str, str] | None = None,
) -> Result:
    """Runs a load client to its end and reads its RESULT line."""
    try:
        run = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=seconds_max,
            env=None if environment is None else {**os.environ, **environment},
            preexec_fn=_settle(core))
    except subprocess.TimeoutExpired:
        raise BrokenRun(f"still running after {seconds_max:.0f} s: {' '.join(command)}") from None
    if run.returncode != 0:
        raise BrokenRun(
            f"exit code {run.returncode}: {' '.join(command)}\n{run.stderr[-500:].strip()}")
    return parse_result(run.stdout)
