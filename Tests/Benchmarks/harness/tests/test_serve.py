"""The pieces of `serve`: endpoints, pids, deploying with a stand-in for `slipway`, peers' rows, the lines."""

import json
import os
import shutil
import stat
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path

from harness.cpu import executable
from harness.measure import Plan
from harness.result import BrokenRun, Result, Shape, parse_result
from harness.tests.test_result import GOOD
from suites import deployment, serve
from suites.peers import from_peer_row

RESULT = parse_result(GOOD)
PLAN = Plan(runs=1, seconds=1, warm_up_seconds=0)

SLIPWAY = """\
#!/bin/sh
# Stands in for `slipway`: `up` starts two processes named like services; every verb is written down.
here=$(dirname "$0")
echo "$@" >> "$here/verbs"
[ "$1" = up ] || exit 0
mkdir -p "$3"
"$here/gateway" 60 & "$here/inference-worker" 60 &
echo secret > "$3/admin.key"
echo '{"gateway": "127.0.0.1:4711"}' > "$3/endpoints.json"
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
            self.assertEqual(running.key_file.read_text(), "secret\n")
            self.assertEqual(len(running.server_pids), 2)
        for pid in running.server_pids:
            self.assertEqual(executable(pid), "", "ended, though init may not have reaped it yet")
        verbs = (self.folder / "verbs").read_text().splitlines()
        self.assertTrue(verbs[0].startswith("up --state "))
        self.assertEqual(len(verbs), 1 + len(deployment.DEPLOY_STEPS))
        self.assertTrue(verbs[1].startswith("model push mlp model/mlp.onnx"))

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
            "cpu mlp 16 vs best-peer"})
        best = lines["throughput mlp 16 vs best-peer"]
        self.assertEqual((best.ratio, best.reference_name), (2, "peer-a"))
        self.assertEqual(lines["cpu mlp 16 vs best-peer"].reference_name, "peer-b")


if __name__ == "__main__":
    unittest.main()
