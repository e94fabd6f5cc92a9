"""Child processes that are pinned, bounded in time, and always ended, by their own pid."""

from __future__ import annotations

import ctypes
import os
import select
import selectors
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from harness.cpu import descendants
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


def _settle(core: int | None) -> Callable[[], None]:
    """Runs in the child: pins it, and asks it to end if the harness is killed."""

    def settle() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if core is not None:
            os.sched_setaffinity(0, {core})

    return settle


def start(
    command: Sequence[str], core: int | None = None, *, folder: Path | None = None,
    environment: Mapping[str, str] | None = None, stdout: int | IO[str] = subprocess.PIPE,
    stderr: int | IO[str] | None = None,
) -> subprocess.Popen[str]:
    """A child that ends with the harness. `environment` is added to ours."""
    try:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, text=True, cwd=folder,
            env={**os.environ, **(environment or {})}, preexec_fn=_settle(core))
    except OSError as error:
        raise BrokenRun(f"{command[0]}: {error}") from None


def _pidfds(pids: Sequence[int]) -> list[int]:
    """Descriptors that mean these processes even if their numbers are given to others."""
    opened = []
    for pid in pids:
        with suppress(ProcessLookupError):
            opened.append(os.pidfd_open(pid))
    return opened


def stop(process: subprocess.Popen[str], seconds_max: float | None = None) -> None:
    """Asks the process to end and then makes it, with all that it started, so that nothing outlives a
    benchmark."""
    family = _pidfds(descendants(process.pid)[1:]) if process.poll() is None else []
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS_MAX if seconds_max is None else seconds_max)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for descriptor in family:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
        select.select([descriptor], [], [], STOP_SECONDS_MAX)  # readable once it has ended
        os.close(descriptor)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _first_line(process: subprocess.Popen[str], seconds: float) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        if not selector.select(seconds):
            raise BrokenRun(f"not READY within {seconds:.0f} s: {process.args!r}")
    return process.stdout.readline()


@contextmanager
def server(
    command: Sequence[str], core: int | None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[int, int]]:
    """Starts a server, waits for its line `READY <port>`, yields (port, pid) and ends it."""
    process = start(command, core, environment=environment)
    try:
        words = _first_line(process, READY_SECONDS_MAX).split()
        if len(words) != 2 or words[0] != "READY" or not words[1].isdigit():
            raise BrokenRun(f"expected `READY <port>`, got {words}: {' '.join(command)}")
        yield int(words[1]), process.pid
    finally:
        stop(process)


def run(
    command: Sequence[str], core: int | None, seconds_max: float, *, folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Runs a command to its end within a time; its standard output. BrokenRun if it fails."""
    process = start(
        command, core, folder=folder, environment=environment, stderr=subprocess.PIPE)
    try:
        output, errors = process.communicate(timeout=seconds_max)
    except subprocess.TimeoutExpired:
        raise BrokenRun(f"still running after {seconds_max:.0f} s: {' '.join(command)}") from None
    finally:
        stop(process)
    if process.returncode != 0:
        said = (errors.strip() or output.strip())[-500:]
        raise BrokenRun(f"exit code {process.returncode}: {' '.join(command)}\n{said}")
    return output


def client(command: Sequence[str], core: int | None, seconds_max: float) -> Result:
    """Runs a load client to its end and reads its RESULT line."""
    return parse_result(run(command, core, seconds_max))


def free_port() -> int:
    """A port on loopback that nobody listens on now, for servers that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
