"""A running suite with the benchmark's model deployed in it, by the same commands that a person types."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import process
from harness.cpu import descendants, executable
from harness.places import REPOSITORY
from harness.result import BrokenRun

UP_SECONDS_MAX = 90.0
STEP_SECONDS_MAX = 150.0
DOWN_SECONDS_MAX = 30.0
PORTS = 16
"""From the port base on: more than the suite takes."""

PUSHER, APPROVERS, CLIENT = "pusher", ("approver-1", "approver-2"), "client"
ROLES = {
    PUSHER: ("developer", "deployer"), **{name: ("approver",) for name in APPROVERS},
    CLIENT: ("developer",)}
"""Of each person's API key. The admin makes keys, and does nothing else."""


@dataclass(frozen=True)
class Step:
    """A verb of `slipway` and whose API key it shows; the admin's if there is none."""

    words: tuple[str, ...]
    person: str | None = None


def people_steps(home: Path) -> list[Step]:
    """Signing keys, whose signatures count, and API keys, all in `home`."""
    steps = []
    for person in (PUSHER, *APPROVERS):
        role = "pusher" if person == PUSHER else "approver"
        steps += [Step(("identity", "create", person)),
                  Step(("trust", "add", person, "--identity", person, "--role", role))]
    for person, roles in ROLES.items():
        given = [word for role in roles for word in ("--role", role)]
        steps.append(Step(
            ("key", "create", person, *given, "--model", "*", "--out", str(key_file(home, person)))))
    return steps


def serve_steps(model: Path, name: str = "mlp") -> list[Step]:
    """From a file to a worker that serves it; `--wait` returns once it does."""
    push = ("model", "push", name, str(model / f"{name}.onnx"), "--card", str(model / "card.yaml"),
            "--identity", PUSHER)
    return [
        Step(push, PUSHER),
        *(Step(("approve", name, "1", "--identity", person), person) for person in APPROVERS),
        Step(("deploy", name, "--version", "1", "--wait"), PUSHER)]


@dataclass(frozen=True)
class Deployment:
    """Where the gateway listens, the key to call it with, and whose CPU counts."""

    gateway: str
    key_file: Path
    server_pids: tuple[int, ...]


def key_file(home: Path, person: str) -> Path:
    return home / f"{person}.api-key"


def read_gateway(endpoints: str) -> str:
    """The gateway's host:port in endpoints.json. BrokenRun unless it is on loopback: that is all that a
    benchmark may load."""
    try:
        address: str = json.loads(endpoints)["gateway"]
        host, port = address.rsplit(":", 1)
        loopback = host in ("127.0.0.1", "localhost", "[::1]") and int(port) > 0
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BrokenRun(f"endpoints.json has no gateway as host:port: {error!r}") from None
    if not loopback:
        raise BrokenRun(f"the gateway is at `{address}`, expected loopback")
    return address


def server_pids(up: int) -> tuple[int, ...]:
    """The whole suite, `slipway up` too: the calls go through gateway and worker, and what the others do
    meanwhile is part of the price."""
    pids = descendants(up)
    names = {executable(pid) for pid in pids}
    if not {"gateway", "inference-worker"} <= names:
        raise BrokenRun(f"expected a gateway and a worker below `slipway up`, found {sorted(names)}")
    return tuple(pids)


@contextmanager
def deployed(binaries: Path, model: Path, name: str = "mlp") -> Iterator[Deployment]:
    """Starts the suite in a new state directory, deploys `model`, and ends it all afterwards."""
    slipway = str(binaries / "slipway")
    with tempfile.TemporaryDirectory(prefix="slipway-bench-") as folder:
        state, home = Path(folder) / "state", Path(folder) / "home"
        home.mkdir()
        environment = {
            "SLIPWAY_STATE": str(state), "HOME": str(home), "XDG_CONFIG_HOME": str(home),
            "SLIPWAY_PREFIX": os.environ.get("SLIPWAY_PREFIX", str(REPOSITORY / ".build-deps"))}

        def carry_out(step: Step) -> None:
            key = {"SLIPWAY_KEY": f"@{key_file(home, step.person)}"} if step.person else {}
            process.run(
                [slipway, *step.words], None, STEP_SECONDS_MAX, environment={**environment, **key})

        with open(Path(folder) / "up.log", "w+", encoding="utf-8") as log:
            up = process.start(
                [slipway, "up", "--port-base", str(process.free_ports(PORTS))],
                environment=environment, stdout=log, stderr=subprocess.STDOUT)
            try:
                gateway = _wait_until_up(up, state, Path(log.name))
                for step in people_steps(home) + serve_steps(model, name):
                    carry_out(step)
                yield Deployment(gateway, key_file(home, CLIENT), server_pids(up.pid))
            finally:
                process.stop(up, DOWN_SECONDS_MAX)


def _wait_until_up(up: subprocess.Popen[str], state: Path, log: Path) -> str:
    """`slipway up` writes both files once every service is ready; the gateway's address."""
    endpoints, key = state / "endpoints.json", state / "admin.key"
    deadline = time.monotonic() + UP_SECONDS_MAX
    while time.monotonic() < deadline and up.poll() is None:
        if endpoints.exists() and key.exists():
            return read_gateway(endpoints.read_text())
        time.sleep(0.05)
    raise BrokenRun(f"`slipway up` is not ready:\n{log.read_text()[-2000:]}")
