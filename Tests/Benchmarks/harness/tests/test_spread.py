"""The statistics, on figures worked out by hand and on random ones."""

import random
import unittest
from statistics import median

from harness.spread import best, compare


class Spread(unittest.TestCase):
    def test_ratio_is_of_medians_and_spread_is_of_pairs(self) -> None:
        line = compare("t", "calls/s", [10, 30, 20], [10, 10, 5], "c-reference")
        self.assertEqual((line.ours, line.reference), (20, 10))
        self.assertEqual((line.ratio, line.low, line.high), (2, 1, 4))

    def test_one_outlier_moves_the_spread_and_not_the_ratio(self) -> None:
        calm = compare("t", "calls/s", [20] * 5, [10] * 5, "r")
        noisy = compare("t", "calls/s", [20, 20, 20, 20, 2], [10] * 5, "r")
        self.assertEqual(noisy.ratio, calm.ratio)
        self.assertEqual((noisy.low, noisy.high), (0.2, 2))

    def test_ratio_lies_within_the_spread(self) -> None:
        seed = random.randrange(1 << 32)
        chance = random.Random(seed)
        for _ in range(500):
            runs = chance.randint(1, 9)
            ours = [chance.uniform(1, 100) for _ in range(runs)]
            reference = [chance.uniform(1, 100) for _ in range(runs)]
            line = compare("t", "us", ours, reference, "r")
            self.assertLessEqual(line.low, line.ratio * (1 + 1e-9), f"seed {seed}")
            self.assertGreaterEqual(line.high, line.ratio * (1 - 1e-9), f"seed {seed}")
            self.assertEqual(line.ours, median(ours), f"seed {seed}")

    def test_drift_that_hits_both_alike_leaves_no_spread(self) -> None:
        machine = [1.0, 0.7, 0.5, 0.9, 1.1]
        line = compare("t", "calls/s", [30 * m for m in machine], [10 * m for m in machine], "r")
        for value in (line.ratio, line.low, line.high):
            self.assertAlmostEqual(value, 3)

    def test_unequal_counts_and_zeros_are_refused(self) -> None:
        for ours, reference in (([1], [1, 2]), ([], []), ([1], [0]), ([0], [1])):
            with self.subTest(ours=ours, reference=reference), self.assertRaises(ValueError):
                compare("t", "us", ours, reference, "r")

    def test_the_best_opponent_is_chosen_by_median_and_direction(self) -> None:
        rates = {"callback": [10, 11, 99], "queue": [12, 12, 12]}
        self.assertEqual(best(rates, higher_is_better=True), "queue")
        self.assertEqual(best(rates, higher_is_better=False), "callback")

    def test_json_has_the_agreed_fields(self) -> None:
        fields = compare("cpu 64B 8x32 vs c-reference", "us", [1], [2], "c-reference").as_json()
        self.assertEqual(
            set(fields),
            {"name", "ours", "reference", "referenceName", "ratio", "low", "high", "unit"})


if __name__ == "__main__":
    unittest.main()
