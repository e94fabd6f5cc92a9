"""Child processes that are pinned, bounded in time, and always ended, by their own pid."""

from __future__ import annotations

import ctypes
import os
import random
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

READY_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 5.0
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PORTS_LOW = 20_000
"""Above the ports of well-known services."""
PORTS_ATTEMPTS_MAX = 200
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class Interrupted(BaseException):
    """Somebody asks the harness to end. No `Exception`: nothing may take it for a run that broke."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def end_on_signals() -> None:
    """The first signal unwinds the harness, which ends its children; further ones would cut that short."""

    def unwind(number: int, _: object) -> None:
        for other in END_SIGNALS:
            signal.signal(other, signal.SIG_IGN)
        raise Interrupted(number)

    for number in END_SIGNALS:
        signal.signal(number, unwind)


def cores() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def server_core() -> int | None:
    return cores()[0] if len(cores()) > 1 else None


def client_core() -> int | None:
    return cores()[1] if len(cores()) > 1 else None


def _settle(core: int | None) -> Callable[[], None]:
    """Runs in the child: pins it, and lets it end if it is asked to or the harness is killed."""

    def settle() -> None:
        for number in END_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if core is not None:
            os.sched_setaffinity(0, {core})

    return settle


def start(
    command: Sequence[str], core: int | None = None, *, folder: Path | None = None,
    environment: Mapping[str, str] | None = None, stdout: int | IO[str] = subprocess.PIPE,
    stderr: int | IO[str] | None = None,
) -> subprocess.Popen[str]:
    """A child that ends with the harness.

    It has a session of its own: Ctrl-C reaches the harness alone, which then ends its children in order.
    `environment` is added to ours, less what a person has set for a suite of their own.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SLIPWAY_")}
    try:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, text=True, cwd=folder,
            env={**inherited, **(environment or {})}, start_new_session=True,
            preexec_fn=_settle(core))
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


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on, below those that the kernel hands
    out, so that no client of another contestant can take them."""
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    top = max(low, PORTS_LOW + 2 * count) - count
    for _ in range(PORTS_ATTEMPTS_MAX):
        base = random.randrange(PORTS_LOW, top)
        if all(_is_free(base + offset) for offset in range(count)):
            return base
    raise BrokenRun(f"found no {count} free ports in a row between {PORTS_LOW} and {top}")


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a connection that has just ended does not keep its port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
