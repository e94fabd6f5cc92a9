"""The pieces of `serve`: endpoints, pids, deploying with a stand-in for `slipway`, peers' rows, the lines."""

import json
import os
import shutil
import stat
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from harness.build import Missing
from harness.cpu import executable
from harness.measure import Absent, Plan
from harness.result import BrokenRun, Result, Shape, parse_result
from harness.tests.test_result import GOOD
from suites import deployment, serve
from suites.peers import PeerFolder, from_peer_row

RESULT = parse_result(GOOD)
PLAN = Plan(runs=1, seconds=1, warm_up_seconds=0)

SLIPWAY = """\
#!/bin/sh
# Stands in for `slipway`: `up` starts two processes named like services; every verb is written down.
here=$(dirname "$0")
echo "${SLIPWAY_KEY##*/} $*" >> "$here/verbs"
[ "$1" = up ] || exit 0
mkdir -p "$SLIPWAY_STATE"
"$here/gateway" 60 & "$here/inference-worker" 60 &
echo secret > "$SLIPWAY_STATE/admin.key"
echo '{"gateway": "127.0.0.1:4711"}' > "$SLIPWAY_STATE/endpoints.json"
trap 'kill %1 %2; exit 0' TERM
wait
"""


def write_executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


class Deploying(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for service in ("gateway", "inference-worker"):
            shutil.copy(os.path.realpath(shutil.which("sleep") or "/bin/sleep"), self.folder / service)
        write_executable(self.folder / "slipway", SLIPWAY)

    def test_the_suite_is_started_deployed_to_and_ended(self) -> None:
        with deployment.deployed(self.folder, Path("model")) as running:
            self.assertEqual(running.gateway, "127.0.0.1:4711")
            self.assertEqual(running.key_file.name, "client.api-key")
            self.assertEqual(len(running.server_pids), 3, "`slipway up` and two services")
        for pid in running.server_pids:
            self.assertEqual(executable(pid), "", "ended, though init may not have reaped it yet")
        verbs = (self.folder / "verbs").read_text().splitlines()
        self.assertTrue(verbs[0].startswith(" up --port-base "))
        self.assertEqual(verbs[-4:], [
            "pusher.api-key model push mlp model/mlp.onnx --card model/card.yaml --identity pusher",
            "approver-1.api-key approve mlp 1 --identity approver-1",
            "approver-2.api-key approve mlp 1 --identity approver-2",
            "pusher.api-key deploy mlp --version 1 --wait"])
        self.assertEqual(
            len([verb for verb in verbs if verb.startswith(" key create")]), len(deployment.ROLES))

    def test_what_a_person_has_set_does_not_reach_it(self) -> None:
        before = os.environ.get("SLIPWAY_KEY")
        os.environ["SLIPWAY_KEY"] = "@/somewhere/personal.key"
        try:
            with deployment.deployed(self.folder, Path("model")):
                pass
        finally:
            del os.environ["SLIPWAY_KEY"]
            if before is not None:
                os.environ["SLIPWAY_KEY"] = before
        self.assertNotIn("personal.key", (self.folder / "verbs").read_text())

    def test_a_refused_step_ends_everything(self) -> None:
        write_executable(
            self.folder / "slipway", SLIPWAY.replace("|| exit 0", "|| { echo refused >&2; exit 1; }"))
        with self.assertRaisesRegex(BrokenRun, "refused"):
            with deployment.deployed(self.folder, Path("model")):
                self.fail("deployed in spite of a refusal")

    def test_a_suite_that_ends_at_once_is_broken(self) -> None:
        write_executable(self.folder / "slipway", "#!/bin/sh\necho no room; exit 1\n")
        with self.assertRaisesRegex(BrokenRun, "no room"):
            with deployment.deployed(self.folder, Path("model")):
                self.fail("deployed without a suite")

    def test_our_load_client_is_called_as_agreed(self) -> None:
        load = self.folder / "slipway-load"
        write_executable(load, f"#!/bin/sh\necho \"$@\" > {self.folder}/given\necho '{GOOD}'\n")
        running = deployment.Deployment("127.0.0.1:1", Path("key"), (10, 11))
        contestant = serve.ours(load, running, Path("model"))
        self.assertEqual(contestant.run(Shape("mlp", 4, 4), PLAN).calls, 1000)
        given = (self.folder / "given").read_text()
        self.assertEqual(
            given.strip(),
            "--name slipway --endpoint 127.0.0.1:1 --key-file key --model mlp "
            "--sample model/sample.json --connections 4 --inflight 4 --seconds 1 --warm-up 0 "
            "--server-pid 10,11")


class Endpoints(unittest.TestCase):
    def test_only_loopback_is_loaded(self) -> None:
        self.assertEqual(deployment.read_gateway('{"gateway": "127.0.0.1:80"}'), "127.0.0.1:80")
        for text in ('{"gateway": "10.0.0.1:80"}', '{"gateway": "127.0.0.1"}', '{"gateway": 1}', "{}",
                     '{"gateway": "127.0.0.1:0"}', "[]", ""):
            with self.subTest(text), self.assertRaises(BrokenRun):
                deployment.read_gateway(text)


class PeerRows(unittest.TestCase):
    ROW = {"c": 16, "rps": 1000.0, "p50_ms": 1.5, "p90_ms": 2, "p99_ms": 3, "p999_ms": 4, "n": 1000,
           "err": 0, "cpu_s_per_1000": 0.2, "client_cores": 0.1}

    def test_units_are_converted(self) -> None:
        result = from_peer_row("peer-x", Shape("mlp", 4, 4), PLAN, json.dumps(self.ROW) + "\n")
        self.assertEqual((result.calls_per_second, result.p50_us), (1000, 1500))
        self.assertEqual(result.server_cpu_us_per_call, 200)
        self.assertAlmostEqual(result.client_cpu_us_per_call, 100)

    def test_failed_calls_and_missing_rows_are_broken(self) -> None:
        for lines in ("", json.dumps({**self.ROW, "err": 3}), json.dumps({**self.ROW, "n": 0})):
            with self.subTest(lines), self.assertRaises(BrokenRun):
                from_peer_row("peer-x", Shape("mlp", 4, 4), PLAN, lines)


class Lines(unittest.TestCase):
    def runs(self, rate: float, server_cpu: float) -> list[Result]:
        return [replace(RESULT, calls_per_second=rate, server_cpu_us_per_call=server_cpu)] * 3

    def test_the_best_peer_is_chosen_for_each_figure(self) -> None:
        results = {"slipway": self.runs(100, 10), "engine-unbatched": self.runs(1000, 0),
                   "peer-a": self.runs(50, 40), "peer-b": self.runs(20, 20)}
        lines = {line.name: line for line in serve.compare_level(16, results)}
        self.assertEqual(set(lines), {
            "throughput mlp 16 vs engine-unbatched", "throughput mlp 16 vs best-peer",
            "cpu mlp 16 vs best-peer", "server-cpu mlp 16 vs best-peer"})
        best = lines["throughput mlp 16 vs best-peer"]
        self.assertEqual((best.ratio, best.reference_name), (2, "peer-a"))
        self.assertEqual(lines["server-cpu mlp 16 vs best-peer"].reference_name, "peer-b")

    def test_without_any_peer_there_is_no_line_for_one(self) -> None:
        results = {"slipway": self.runs(100, 10), "engine-unbatched": self.runs(1000, 0)}
        self.assertEqual([line.name for line in serve.compare_level(1, results)],
                         ["throughput mlp 1 vs engine-unbatched"])


class Folders(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.folder = self.root / "scripts"
        self.folder.mkdir()
        (self.folder / "bench.py").touch()
        (self.folder / "peers.py").write_text(
            "PEERS = {name: {'venv': name} for name in ('mosec', 'triton', 'fastapi-async')}\n")
        self.install("tools")

    def install(self, name: str) -> None:
        python = self.root / "venv" / name / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.touch()

    def test_a_peer_that_is_not_installed_is_named(self) -> None:
        self.install("mosec")
        absent: list[Absent] = []
        found = PeerFolder(self.folder, self.root).contestants((), absent)
        self.assertEqual([one.name for one in found], ["peer-mosec:1:json", "peer-mosec:0:json"])
        self.assertEqual([one.name for one in absent], [
            "peer-triton:1:v2grpc", "peer-triton:0:v2bin", "peer-fastapi-async:0:json"])

    def test_without_any_peer_or_the_one_asked_for_something_is_missing(self) -> None:
        with self.assertRaises(Missing):
            PeerFolder(self.folder, self.root).contestants((), [])
        self.install("mosec")
        with self.assertRaisesRegex(Missing, "triton:1:v2grpc"):
            PeerFolder(self.folder, self.root).contestants(("mosec:1:json", "triton:1:v2grpc"), [])


if __name__ == "__main__":
    unittest.main()
