#!/usr/bin/env python3
"""Kills the writer of the transparency log, or fails its system calls, and verifies the log each time.

    log_faults.py BINARIES FOLDER kill ROUNDS SEED
    log_faults.py BINARIES FOLDER calls DEPTH SEED     each system call failed at its 1st … DEPTH-th time
    log_faults.py BINARIES FOLDER disk SEED            FOLDER lies on a small disk, which is filled

BINARIES is the folder of `log-load` and `slipway`. Nothing that was acknowledged may be lost, be elsewhere
or be there twice, and the export must verify. Exits with 1 and says what did not hold."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CALLS = (("pwrite64", "EIO"), ("pwrite64", "ENOSPC"), ("fdatasync", "EIO"), ("fsync", "EIO"),
         ("ftruncate", "EIO"), ("openat", "EIO"), ("write", "EIO"), ("pread64", "EIO"), ("mmap", "ENOMEM"))
"""What the log's writer asks of the system; `write` is also how it says what was acknowledged."""

STARTED_SECONDS_MAX = 60
ENDED_SECONDS_MAX = 300


class Failure(Exception):
    """Something that must hold did not."""


class Log:
    """A log in a folder, and every line in which its writers acknowledged an entry."""

    def __init__(self, binaries: Path, folder: Path, seed: int) -> None:
        self.load, self.tool = binaries / "log-load", binaries / "slipway"
        self.folder, self.seed = folder, seed
        self.acknowledged: dict[str, str] = {}
        self.kept: Path | None = None

    def write(self, stop, around: tuple[str, ...] = ()) -> int:
        """Runs the writer until `stop` says so, then kills it; returns how many were acknowledged."""
        start = max(map(int, self.acknowledged), default=-1) + 1
        with tempfile.TemporaryFile("w+") as said, tempfile.TemporaryFile("w+") as refused:
            writer = subprocess.Popen(
                [*around, self.load, "write", self.folder, str(self.seed), str(start)],
                stdout=said, stderr=refused)
            try:
                stop(writer, said, refused)
            finally:
                end(writer)
                writer.wait()
            said.seek(0)
            lines = [line.split() for line in said if line.endswith("\n")]
        before = len(self.acknowledged)
        for number, place in (line for line in lines if len(line) == 2):
            if self.acknowledged.setdefault(number, place) != place:
                raise Failure(f"entry {number} was acknowledged at {self.acknowledged[number]} and at {place}")
        if len(set(self.acknowledged.values())) != len(self.acknowledged):
            raise Failure("two entries were acknowledged at one place")
        return len(self.acknowledged) - before

    def check(self, what: str) -> None:
        """Opens the log again and holds it against all that was acknowledged, and against its past."""
        lines = "".join(f"{number} {place}\n" for number, place in self.acknowledged.items())
        self._run(what, [self.load, "check", self.folder, str(self.seed)], lines)
        with tempfile.TemporaryDirectory() as export:
            self._run(what, [self.load, "export", self.folder, export])
            kept = ["--checkpoint", self.kept] if self.kept else []
            self._run(what, [self.tool, "audit", "verify", export, *kept])
            self.kept = self.kept or self.folder.parent / f"{self.folder.name}.checkpoint"
            self.kept.write_bytes((Path(export) / "checkpoint").read_bytes())

    def _run(self, what: str, command: list, text: str = "") -> None:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=ENDED_SECONDS_MAX)
        if done.returncode != 0:
            raise Failure(f"{what} (seed {self.seed}): `{Path(command[0]).name} {command[1]}`: "
                          f"{done.stderr or done.stdout}")


def end(writer: subprocess.Popen) -> None:
    """Kills the writer, and what it is wrapped in."""
    children = Path(f"/proc/{writer.pid}/task/{writer.pid}/children")
    for child in children.read_text().split() if children.exists() else []:
        os.kill(int(child), signal.SIGKILL)
    writer.kill()


def lines_of(file) -> int:
    """Lines that a process has written to its file so far."""
    return Path(f"/proc/self/fd/{file.fileno()}").read_bytes().count(b"\n")


def wait_for(writer: subprocess.Popen, is_so) -> None:
    end = time.monotonic() + STARTED_SECONDS_MAX
    while not is_so() and writer.poll() is None and time.monotonic() < end:
        time.sleep(0.005)


def kill(log: Log, rounds: int, chance: random.Random) -> str:
    total = 0
    for number in range(rounds):
        some, pause = chance.randrange(1, 60), chance.random() * 0.05

        def stop(writer, said, _refused) -> None:
            # The first rounds also hit the opening of the log.
            if number % 4:
                wait_for(writer, lambda: lines_of(said) >= some)
            time.sleep(pause)

        total += log.write(stop)
        log.check(f"kill {number} after {some} entries and {pause * 1000:.1f} ms")
    return f"{rounds} kills, {total} entries acknowledged, none lost"


def calls(log: Log, depth: int) -> str:
    failed = 0
    for call, error in CALLS:
        for nth in range(1, depth + 1):
            def stop(writer, said, refused) -> None:
                # It goes on after the failure, or ends because of it, or never gets so far.
                wait_for(writer, lambda: lines_of(refused) >= 1 and lines_of(said) >= 20 or lines_of(said) >= 60)

            around = ("strace", "-f", "-qq", "-o", "/dev/null", "-P", str(log.folder / "log.sqlite"),
                      "-P", str(log.folder / "log.sqlite-wal"), "-P", str(log.folder / "log.sqlite-shm"),
                      "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={nth}")
            log.write(stop, around)
            log.check(f"{call} failed with {error} the {nth}. time")
            failed += 1
    return f"{failed} failed system calls, {len(log.acknowledged)} entries acknowledged, none lost"


def disk(log: Log) -> str:
    room = log.folder / "room"
    log.folder.mkdir(exist_ok=True)
    room.write_bytes(bytes(2 << 20))

    def stop(writer, _said, refused) -> None:
        wait_for(writer, lambda: lines_of(refused) >= 50)
        if lines_of(refused) < 50:
            raise Failure("the disk is full and nothing was refused")

    written = log.write(stop)
    room.unlink()
    log.check("the disk was full")
    again = log.write(lambda writer, said, _: wait_for(writer, lambda: lines_of(said) >= 100))
    return f"{written} entries acknowledged before the disk was full, none lost, {again} after there was room"


def main() -> int:
    binaries, folder, verb, *rest = sys.argv[1:]
    seed = int(rest[-1])
    log = Log(Path(binaries), Path(folder), seed)
    try:
        if verb == "kill":
            print(kill(log, int(rest[0]), random.Random(seed)))
        elif verb == "calls":
            print(calls(log, int(rest[0])))
        else:
            print(disk(log))
    except Failure as failure:
        print(f"log_faults: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
