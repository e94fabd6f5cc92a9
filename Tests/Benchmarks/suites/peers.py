"""Model servers of others, as contestants: our own references, and folders given with --peers."""

from __future__ import annotations

import http.client
import json
import math
import os
import runpy
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from harness import process
from harness.build import Missing
from harness.cpu import cpu_seconds_of, descendants
from harness.measure import Absent, Contestant, Plan
from harness.places import BUILD, REFERENCES, VENV_PYTHON
from harness.result import BrokenRun, Result, Shape

START_SECONDS_MAX = 60.0
TOLERANCE = 1e-4
BATCH_MAX = 16
PEERS = REFERENCES / "peers"
PEER_PORTS = 4
"""A peer of a folder takes up to three ports from its first one on."""


def _whole_seconds(seconds: float) -> int:
    """wrk and h2load take whole seconds only."""
    return max(1, math.ceil(seconds))


@dataclass(frozen=True)
class HTTPPeer:
    """A server of References/peers, loaded with wrk: one connection per call in flight, as HTTP/1.1 has it.

    It takes `{"x": […]}` at /inference and answers `{"probs": […]}`.
    """

    name: str
    command: Callable[[int], list[str]]
    """What starts it, given a port."""
    environment: dict[str, str]
    model: Path

    def contestant(self) -> Contestant:
        return Contestant(self.name, self.run, is_peer=True)

    def run(self, shape: Shape, plan: Plan) -> Result:
        clients = shape.connections * shape.inflight
        with self._server() as (port, pid):
            self._wrk(port, clients, plan.warm_up_seconds)
            before = cpu_seconds_of(descendants(pid))
            seen, client_cpu = self._wrk(port, clients, plan.seconds)
            server_cpu = cpu_seconds_of(descendants(pid)) - before
        calls, seconds = int(seen["calls"]), seen["us"] / 1e6
        if calls == 0:
            raise BrokenRun("nothing was measured")
        if seen["errors"]:
            raise BrokenRun(f"{seen['errors']} calls failed")
        return Result(
            name=self.name, payload=shape.payload, connections=clients, inflight=1, calls=calls,
            errors=0, seconds=seconds, calls_per_second=calls / seconds, p50_us=seen["p50"],
            p90_us=seen["p90"], p99_us=seen["p99"], p999_us=seen["p999"],
            client_cpu_us_per_call=client_cpu / calls * 1e6,
            server_cpu_us_per_call=server_cpu / calls * 1e6,
            server_cpu_us_per_call_each=(server_cpu / calls * 1e6,))

    @contextmanager
    def _server(self) -> Iterator[tuple[int, int]]:
        port = process.free_ports(1)
        environment = {"MODEL": str(self.model), "OMP_NUM_THREADS": "1", **self.environment}
        with open(BUILD / f"{self.name}.log", "w", encoding="utf-8") as log:
            running = process.start(
                self.command(port), environment=environment, stdout=log, stderr=subprocess.STDOUT)
            try:
                self._wait_until_right(port, running)
                yield port, running.pid
            finally:
                process.stop(running)

    def _wait_until_right(self, port: int, running: subprocess.Popen[str]) -> None:
        """The first answer must come, and must be the right one."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while running.poll() is None and time.monotonic() < deadline:
            try:
                answer = self._ask(port)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
                continue
            if any(abs(got - want) > TOLERANCE for got, want in zip(answer, self._sample()["probs"])):
                raise BrokenRun(f"{self.name} answers wrongly: {answer}")
            return
        raise BrokenRun(f"{self.name} did not start; see {self.name}.log in .build-bench")

    def _sample(self) -> dict[str, list[float]]:
        sample: dict[str, list[float]] = json.loads((self.model / "sample.json").read_text())
        return sample

    def _ask(self, port: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request(
                "POST", "/inference", json.dumps({"x": self._sample()["x"]}),
                {"content-type": "application/json"})
            response = connection.getresponse()
            if 400 <= response.status < 500:
                raise BrokenRun(f"{self.name} refuses with {response.status}: {response.read()[:200]!r}")
            if response.status != 200:
                raise http.client.HTTPException(str(response.status))
            probs: list[float] = json.loads(response.read())["probs"]
            return probs
        finally:
            connection.close()

    def _wrk(self, port: int, clients: int, seconds: float) -> tuple[dict[str, float], float]:
        """What wrk saw, and the CPU seconds it used."""
        body = BUILD / "peer-request.json"
        body.write_text(json.dumps({"x": self._sample()["x"]}))
        whole = _whole_seconds(seconds)
        before = os.times()
        output = process.run(
            ["wrk", "-t1", f"-c{clients}", f"-d{whole}s", "--timeout", "10s",
             "-s", str(PEERS / "load.lua"), f"http://127.0.0.1:{port}/inference"],
            None, whole + 20, environment={"BODY": str(body)})
        after = os.times()
        used = (after.children_user + after.children_system
                - before.children_user - before.children_system)
        lines = [line for line in output.splitlines() if line.startswith("WRK ")]
        if len(lines) != 1:
            raise BrokenRun(f"expected one WRK line, got {len(lines)}")
        return json.loads(lines[0][len("WRK "):]), used


def own_peers(model: Path) -> list[Contestant]:
    """The fastest at 1, at 16 and at 64 in flight of those that PyPI has, when they were compared."""

    def mosec(name: str, batch_max: int) -> HTTPPeer:
        server = [str(VENV_PYTHON), str(PEERS / "mosec_server.py"), "--address", "127.0.0.1",
                  "--log-level", "warning", "--port"]
        return HTTPPeer(name, lambda port: [*server, str(port)], {"BATCH": str(batch_max)}, model)

    fastapi = HTTPPeer(
        "peer-fastapi",
        lambda port: [str(VENV_PYTHON), str(PEERS / "fastapi_server.py"), str(port)], {}, model)
    return [fastapi.contestant(), mosec("peer-mosec-unbatched", 1).contestant(),
            mosec("peer-mosec-batched", BATCH_MAX).contestant()]


FASTEST_KNOWN = ("mosec:1:json", "mosec:0:json", "triton:1:v2grpc", "triton:0:v2bin", "fastapi-async:0:json")
"""Of a peers folder, if nobody names others: the best at 1, 16 and 64 clients when they were measured."""


@dataclass(frozen=True)
class PeerFolder:
    """A folder with `bench.py PEER MODEL BATCH [WIRE]` that appends a JSON line per level to $OUT.

    Its peers are installed under $HPEERS, or beside the folder: its README says how.
    """

    folder: Path
    root: Path

    @classmethod
    def at(cls, folder: Path) -> PeerFolder:
        if not (folder / "bench.py").exists():
            raise Missing(f"`{folder}` has no bench.py: expected a folder of model servers")
        root = Path(os.environ.get("HPEERS", folder.resolve().parent))
        if not (root / "venv" / "tools" / "bin" / "python").exists():
            raise Missing(
                f"the peers are not installed in `{root}`: see the README of `{folder}`, then set HPEERS")
        return cls(folder.resolve(), root)

    def contestants(
            self, asked: tuple[str, ...], absent: list[Absent], model: str = "mlp") -> list[Contestant]:
        """Those asked for, or those of the fastest known; what is not installed goes to `absent`.

        Missing if nobody is left, or if somebody was asked for by name and is not there.
        """
        specs = asked or FASTEST_KNOWN
        missing = [spec for spec in specs if not self._installed(spec)]
        if len(missing) == len(specs) or (asked and missing):
            raise Missing(f"peers not installed in `{self.root}`: {' '.join(missing)}")
        absent += [Absent(f"peer-{spec}", f"not installed in {self.root}") for spec in missing]
        return [Contestant(f"peer-{spec}", self._runner(spec, model), is_peer=True)
                for spec in specs if spec not in missing]

    def _installed(self, spec: str) -> bool:
        """The folder's own table, peers.py, says in which virtual environment a peer lives."""
        table = runpy.run_path(str(self.folder / "peers.py"))["PEERS"]
        peer = table.get(spec.split(":")[0])
        return peer is not None and (self.root / "venv" / peer["venv"] / "bin" / "python").exists()

    def _runner(self, spec: str, model: str = "mlp") -> Callable[[Shape, Plan], Result]:
        parts = spec.split(":")
        if len(parts) != 3 or parts[1] not in ("0", "1"):
            raise Missing(f"--peer `{spec}`: expected NAME:BATCH:WIRE, such as mosec:1:json")

        def run(shape: Shape, plan: Plan) -> Result:
            name, batch, wire = parts
            with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as out:
                environment = {
                    "HPEERS": str(self.root), "LEVELS": str(shape.connections * shape.inflight),
                    "SECS": str(_whole_seconds(plan.seconds)), "WARM": "1",
                    "PORT": str(process.free_ports(PEER_PORTS)), "OUT": out.name}
                python = self.root / "venv" / "tools" / "bin" / "python"
                said = process.run(
                    [str(python), "bench.py", name, model, batch, wire], None,
                    plan.seconds_max + START_SECONDS_MAX, folder=self.folder, environment=environment)
                if "WRONG ANSWER" in said:
                    raise BrokenRun(f"peer-{spec} answers wrongly")
                return from_peer_row(f"peer-{spec}", shape, plan, out.read())

        return run


def from_peer_row(name: str, shape: Shape, plan: Plan, lines: str) -> Result:
    """The Result in the one JSON line that bench.py wrote. Its times are milliseconds, its CPU is seconds
    per 1,000 answers, which is milliseconds an answer."""
    rows = [json.loads(line) for line in lines.splitlines() if line.strip()]
    if len(rows) != 1:
        raise BrokenRun(f"expected one line of JSON, got {len(rows)}")
    row = rows[0]
    if row["err"] or row["n"] <= 0:
        raise BrokenRun(f"{row['err']} of {row['n']} calls failed")
    server_cpu = row["cpu_s_per_1000"] * 1e3
    return Result(
        name=name, payload=shape.payload, connections=row["c"], inflight=1, calls=row["n"], errors=0,
        seconds=float(_whole_seconds(plan.seconds)), calls_per_second=row["rps"],
        p50_us=row["p50_ms"] * 1e3, p90_us=row["p90_ms"] * 1e3, p99_us=row["p99_ms"] * 1e3,
        p999_us=row["p999_ms"] * 1e3, client_cpu_us_per_call=row["client_cores"] / row["rps"] * 1e6,
        server_cpu_us_per_call=server_cpu, server_cpu_us_per_call_each=(server_cpu,))
