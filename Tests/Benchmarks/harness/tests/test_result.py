"""The RESULT line: what is taken, and what is refused."""

import unittest

from harness.result import BrokenRun, Shape, parse_result

GOOD = (
    "RESULT name=c payload=64 connections=1 inflight=64 calls=1000 errors=0 seconds=1.000 "
    "calls_per_second=1000.0 p50_us=50.00 p90_us=60.00 p99_us=70.00 p999_us=80.00 "
    "client_cpu_us_per_call=0.5000 server_cpu_us_per_call=0.7500 "
    "server_cpu_us_per_call_each=0.5000,0.2500")


class ResultLine(unittest.TestCase):
    def test_a_good_line_among_others_is_read(self) -> None:
        result = parse_result(f"connecting\n{GOOD}\nbye\n")
        self.assertEqual((result.calls, result.p50_us), (1000, 50))
        self.assertEqual(result.cpu_us_per_call, 1.25)
        self.assertEqual(result.server_cpu_us_per_call_each, (0.5, 0.25))

    def test_no_server_pid_means_an_empty_list(self) -> None:
        line = GOOD.rsplit("=", 1)[0] + "="
        self.assertEqual(parse_result(line).server_cpu_us_per_call_each, ())

    def test_whatever_is_not_agreed_is_refused(self) -> None:
        broken = {
            "no line": "READY 1",
            "two lines": f"{GOOD}\n{GOOD}",
            "a failed call": GOOD.replace("errors=0", "errors=1"),
            "nothing measured": GOOD.replace("calls=1000", "calls=0"),
            "not a number": GOOD.replace("p50_us=50.00", "p50_us=nan"),
            "no number at all": GOOD.replace("calls=1000", "calls=many"),
            "a field missing": GOOD.replace("p90_us=60.00 ", ""),
            "a field unknown": GOOD + " extra=1",
            "no pair": GOOD + " extra",
        }
        for why, output in broken.items():
            with self.subTest(why), self.assertRaises(BrokenRun):
                parse_result(output)

    def test_labels_read_as_in_the_report(self) -> None:
        self.assertEqual(Shape("64", 1, 64).label, "64B 1x64")
        self.assertEqual(Shape("64kf", 8, 32).label, "64KiB-float32 8x32")


if __name__ == "__main__":
    unittest.main()
