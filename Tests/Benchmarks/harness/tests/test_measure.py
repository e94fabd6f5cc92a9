"""The order of runs, and what happens to broken ones."""

import contextlib
import io
import unittest
from dataclasses import replace

from harness import report
from harness.measure import Absent, Contestant, Plan, interleave
from harness.result import BrokenRun, Result, Shape, parse_result
from harness.tests.test_result import GOOD
from suites import rpc

SHAPE = Shape("64", 1, 1)
PLAN = Plan(runs=3, seconds=1, warm_up_seconds=0)
RESULT = parse_result(GOOD)


class Turns(unittest.TestCase):
    def test_contestants_take_turns(self) -> None:
        order: list[str] = []

        def contestant(name: str) -> Contestant:
            def run(shape: Shape, plan: Plan) -> Result:
                order.append(name)
                return RESULT
            return Contestant(name, run)

        results = interleave([contestant("a"), contestant("b")], SHAPE, PLAN, [])
        self.assertEqual("".join(order), "ababab")
        self.assertEqual({name: len(runs) for name, runs in results.items()}, {"a": 3, "b": 3})

    def test_a_run_that_breaks_once_is_run_again_and_twice_is_an_error(self) -> None:
        for failures in (1, 2):
            left = [failures]

            def run(shape: Shape, plan: Plan) -> Result:
                left[0] -= 1
                if left[0] >= 0:
                    raise BrokenRun("no answer")
                return RESULT

            outcome = contextlib.nullcontext() if failures == 1 else self.assertRaises(BrokenRun)
            with self.subTest(failures=failures), contextlib.redirect_stderr(io.StringIO()), outcome:
                interleave([Contestant("a", run)], SHAPE, PLAN, [])

    def test_a_run_that_ended_early_is_broken(self) -> None:
        short = Contestant("a", lambda shape, plan: replace(RESULT, seconds=0.1))
        with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(BrokenRun):
            interleave([short], SHAPE, PLAN, [])


    def test_a_peer_that_breaks_is_named_and_the_others_go_on(self) -> None:
        def broken(shape: Shape, plan: Plan) -> Result:
            raise BrokenRun("no answer")

        absent: list[Absent] = []
        with contextlib.redirect_stderr(io.StringIO()):
            results = interleave(
                [Contestant("a", lambda shape, plan: RESULT), Contestant("b", broken, is_peer=True)],
                SHAPE, PLAN, absent)
        self.assertEqual({name: len(runs) for name, runs in results.items()}, {"a": 3})
        self.assertEqual([one.name for one in absent], ["64B 1x1  b"])
        self.assertIn("no figures: 64B 1x1  b: broke: no answer",
                      report.figures_table({SHAPE: results}, absent))


class Comparisons(unittest.TestCase):
    def runs(self, rate: float, cpu: float) -> list[Result]:
        return [replace(RESULT, calls_per_second=rate, client_cpu_us_per_call=cpu,
                        server_cpu_us_per_call=0.0)] * 3

    def test_each_figure_meets_the_best_variant_of_it(self) -> None:
        results = {
            "slipway-sync": self.runs(100, 1), "slipway-async": self.runs(50, 2),
            "c-reference": self.runs(200, 0.5),
            "grpc-cpp-callback": self.runs(10, 8), "grpc-cpp-queue": self.runs(5, 4),
        }
        lines = {line.name: line for line in rpc.comparisons(Shape("64", 1, 64), results)}
        throughput = lines["throughput 64B 1x64 vs grpc-cpp"]
        self.assertEqual((throughput.ratio, throughput.reference_name), (10, "grpc-cpp-callback"))
        cpu = lines["cpu async 64B 1x64 vs grpc-cpp"]
        self.assertEqual((cpu.ratio, cpu.reference_name), (0.5, "grpc-cpp-queue"))
        self.assertEqual(lines["cpu 64B 1x64 vs c-reference"].ratio, 2)
        self.assertFalse([name for name in lines if "grpc-swift" in name or "p50" in name])

    def test_variants_meet_the_references_that_they_are_meant_for(self) -> None:
        results = {
            "slipway-sync": self.runs(100, 1), "slipway-latency": self.runs(400, 1),
            "slipway-tls": self.runs(70, 1), "c-reference": self.runs(100, 1),
            "grpc-cpp-callback": self.runs(80, 1)}
        lines = {line.name: line for line in rpc.comparisons(SHAPE, results)}
        self.assertEqual(lines["throughput latency 64B 1x1 vs grpc-cpp"].ratio, 5)
        self.assertEqual(lines["p50 latency 64B 1x1 vs c-reference"].reference_name, "c-reference")
        self.assertEqual(lines["throughput tls 64B 1x1 vs plain"].ratio, 0.7)
        self.assertNotIn("throughput tls 64B 1x1 vs grpc-cpp", lines)
        self.assertNotIn("throughput 64B 1x1 vs plain", lines)

    def test_variants_run_where_they_are_of_interest(self) -> None:
        entrants = [Contestant(name, lambda shape, plan: RESULT)
                    for name in ("slipway-latency", "slipway-tls", "slipway-sync")]
        for load, names in (((1, 1), ["slipway-latency", "slipway-sync"]),
                            ((1, 64), ["slipway-sync"]),
                            ((8, 32), ["slipway-tls", "slipway-sync"])):
            part = rpc.taking_part(entrants, Shape("64", *load))
            self.assertEqual([one.name for one in part], names)

    def test_latency_is_compared_one_call_at_a_time(self) -> None:
        results = {"slipway-sync": self.runs(1, 1), "c-reference": self.runs(1, 1)}
        names = [line.name for line in rpc.comparisons(SHAPE, results)]
        self.assertIn("p50 64B 1x1 vs c-reference", names)


if __name__ == "__main__":
    unittest.main()
