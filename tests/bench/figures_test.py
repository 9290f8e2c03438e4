import json
import unittest

from bench.suite import table
from bench.suite.figures import BY_KEY, FIGURES, Measurements, summarize


class Summaries(unittest.TestCase):
    def test_a_summary_is_median_least_and_greatest(self):
        summary = summarize([3.0, 1.0, 2.0])
        self.assertEqual((summary.median, summary.low, summary.high, summary.count), (2, 1, 3, 3))

    def test_a_ratio_is_taken_per_repetition_before_the_median(self):
        measurements = Measurements()
        for hot, constant in ((10.0, 100.0), (30.0, 100.0), (40.0, 50.0)):
            measurements.add_ratio("ratio_constant_server", hot, constant)
        # The ratio of the medians would be 30 / 100 as well; that of the means would not.
        self.assertAlmostEqual(measurements.summaries()["ratio_constant_server"].median, 0.3)
        self.assertAlmostEqual(measurements.summaries()["ratio_constant_server"].high, 0.8)

    def test_a_ratio_to_nothing_is_left_out(self):
        measurements = Measurements()
        measurements.add_ratio("ratio_redis", 1.0, 0.0)
        self.assertEqual(measurements.summaries(), {})

    def test_a_figure_that_is_not_in_the_table_is_refused(self):
        with self.assertRaises(KeyError):
            Measurements().add("speed", 1.0)

    def test_a_count_is_a_sum_over_the_run(self):
        measurements = Measurements()
        measurements.count("verified", 3)
        measurements.count("verified", 4)
        self.assertEqual(measurements.summaries()["verified"].median, 7)


class Bounds(unittest.TestCase):
    def test_keys_are_unique(self):
        self.assertEqual(len(BY_KEY), len(FIGURES))

    def test_a_goal_is_never_weaker_than_what_must_be(self):
        for figure in FIGURES:
            if figure.goal is not None:
                self.assertTrue(figure.meets(figure.goal, figure.must), figure.key)

    def test_more_is_better_for_ratios_and_less_for_times(self):
        measurements = Measurements()
        measurements.add("ratio_redis", 0.69)
        measurements.add("p99_ms", 5.1)
        measurements.add("p999_ms", 20.0)
        measurements.add("ratio_postgres", 15.0)
        self.assertEqual(measurements.missed(), ["ratio_redis", "p99_ms"])

    def test_a_single_lost_reservation_is_a_miss(self):
        measurements = Measurements()
        measurements.count("reservations_lost", 1)
        self.assertEqual(measurements.missed(), ["reservations_lost"])


class Results(unittest.TestCase):
    def setUp(self):
        self.measurements = Measurements()
        for value in (60_000.0, 50_000.0, 55_000.123456):
            self.measurements.add("reservations_per_second", value)
        self.measurements.add("p99_ms", 12.0)
        self.measurements.add("ratio_redis", 0.8)
        self.measurements.add("rush_seconds", 4.0)

    def test_json_has_medians_spread_and_what_was_missed(self):
        result = json.loads(json.dumps(self.measurements.as_json()))
        self.assertEqual(result["reservations_per_second"], 55_000.1)
        self.assertEqual(result["spread"], {"reservations_per_second": [50_000, 60_000]})
        self.assertEqual(result["missed"], ["p99_ms"])

    def test_the_table_marks_what_was_missed_and_what_was_reached(self):
        verdicts = {row[0]: row[-1] for row in table.rows(self.measurements)}
        self.assertEqual(verdicts[BY_KEY["p99_ms"].text], "MISSED")
        self.assertEqual(verdicts[BY_KEY["ratio_redis"].text], "must")
        self.assertEqual(verdicts[BY_KEY["rush_seconds"].text], "goal")
        self.assertEqual(verdicts[BY_KEY["reservations_per_second"].text], "")

    def test_the_columns_of_the_table_are_aligned(self):
        lines = table.as_text(self.measurements).splitlines()
        self.assertEqual(len(lines), 5)
        end = lines[0].index("median") + len("median")
        for line in lines:
            self.assertRegex(line[end - 1 : end + 1], r"^\S $")

    def test_numbers_are_short(self):
        self.assertEqual(table.number(58_442.4), "58,442")
        self.assertEqual(table.number(0.41234), "0.412")
        self.assertEqual(table.number(0), "0")
        self.assertEqual(table.number(None), "")


if __name__ == "__main__":
    unittest.main()
