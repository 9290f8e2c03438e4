import unittest
from pathlib import Path

from bench.suite import load, machine, postgres, redis, report
from bench.suite.benches.hot import read_probe
from bench.suite.errors import BenchError, VerificationError
from bench.suite.http_servers import last_number, read_metrics

RESULT = """{"scenario":"on-sale","url":"http://127.0.0.1:1","connections":64,"threads":1,
"rate":null,"seconds":4.5,"requests":100,"confirmed":10,"verified":10,"missing":0,
"refused":{"sold_out":90},
"failed":0,"per_second":22.2,"latency_ms":{"mean":1,"p50":0.9,"p90":2,"p99":3,"p999":4,"max":5},
"histogram":[[1.0,60],[2.0,40]],"timeline":[{"second":0,"confirmed":10,"refused":90,"p99_ms":3}],
"sold_out_seconds":0.4,"seats":10,"buyers":100,"seats_sold_twice":0}"""

PGBENCH = """pgbench (15.8)
number of transactions actually processed: 9000
number of failed transactions: 0 (0.000%)
latency average = 21.3 ms
tps = 3000.000000 (without initial connection time)
"""

REDIS = """"test","rps","avg_latency_ms","min_latency_ms","p50_latency_ms"
"EVALSHA abc 2 offering","45005.12","1.0","0.1","0.9"
"""


class LoadResults(unittest.TestCase):
    def test_a_result_is_read(self):
        result = load.read_result(RESULT)
        self.assertEqual(result.per_second, 22.2)
        self.assertEqual(result.refused, {"sold_out": 90})
        self.assertEqual(result.histogram, [(1.0, 60), (2.0, 40)])
        self.assertEqual(result.sold_out_seconds, 0.4)
        load.check(result)

    def test_what_is_no_result_is_an_error_that_says_so(self):
        for text in ("", "[]", '{"scenario":"hot"}', RESULT.replace("22.2", '"fast"')):
            with self.assertRaisesRegex(BenchError, "load generator"):
                load.read_result(text)

    def test_a_missing_reservation_fails_the_run(self):
        with self.assertRaisesRegex(VerificationError, "1 reservations are missing"):
            load.check(load.read_result(RESULT.replace('"missing":0', '"missing":1')))

    def test_a_seat_sold_twice_fails_the_run(self):
        with self.assertRaisesRegex(VerificationError, "2 seats were sold twice"):
            load.check(
                load.read_result(RESULT.replace('"seats_sold_twice":0', '"seats_sold_twice":2'))
            )

    def test_requests_without_an_answer_fail_the_run(self):
        with self.assertRaisesRegex(VerificationError, "3 requests failed"):
            load.check(load.read_result(RESULT.replace('"failed":0', '"failed":3')))

    def test_whatever_the_load_generator_found_wrong_fails_the_run(self):
        text = RESULT.replace('"seats":10', '"faults":["an id came twice"],"seats":10')
        with self.assertRaisesRegex(VerificationError, "on-sale: an id came twice"):
            load.check(load.read_result(text))

    def test_a_sale_that_was_not_sold_out_has_no_time(self):
        text = RESULT.replace('"sold_out_seconds":0.4', '"sold_out_seconds":null')
        self.assertIsNone(load.read_result(text).sold_out_seconds)

    def test_options_become_flags(self):
        command = load.command_line(
            Path("b"), "http://h:1", "hot", Path("r"), {"token_key": Path("k"), "seconds": 5}
        )
        self.assertEqual(command[-4:], ["--token-key", "k", "--seconds", "5"])


class Peers(unittest.TestCase):
    def test_the_time_of_a_pgbench_run_is_transactions_by_rate(self):
        self.assertEqual(postgres.read_seconds(PGBENCH), 3)

    def test_failed_transactions_are_an_error(self):
        with self.assertRaisesRegex(BenchError, "failed transactions"):
            postgres.read_seconds(
                PGBENCH.replace("failed transactions: 0", "failed transactions: 7")
            )

    def test_a_pgbench_run_without_figures_is_an_error(self):
        with self.assertRaisesRegex(BenchError, "no figures"):
            postgres.read_seconds("pgbench: error: connection failed")

    def test_every_scheme_has_its_three_scripts(self):
        for scheme in postgres.SCHEMES:
            for kind in ("", ".setup", ".check"):
                self.assertTrue((postgres.SCRIPTS / f"{scheme.name}{kind}.sql").exists(), scheme)

    def test_the_rate_of_redis_benchmark_is_read(self):
        self.assertEqual(redis.read_rate(REDIS), 45005.12)
        self.assertEqual(redis.read_rate("WARNING: something\n" + REDIS), 45005.12)

    def test_redis_benchmark_without_figures_is_an_error(self):
        with self.assertRaisesRegex(BenchError, "no figures"):
            redis.read_rate("Error from server: ERR sold out")


class Servers(unittest.TestCase):
    def test_the_port_is_the_last_number(self):
        self.assertEqual(last_number("listening on http://127.0.0.1:4711"), 4711)
        self.assertEqual(last_number("4711"), 4711)
        with self.assertRaises(BenchError):
            last_number("listening")

    def test_metrics_are_read_with_their_labels(self):
        samples = read_metrics('# HELP a b\ncavea_places{state="sold"} 12\ncavea_ready 1\n')
        self.assertEqual(samples, {'cavea_places{state="sold"}': 12, "cavea_ready": 1})

    def test_the_disk_probe_is_read(self):
        probe = read_probe('{"median_ms":0.19,"p99_ms":0.4,"per_second":5000}')
        self.assertEqual(probe["median_ms"], 0.19)
        with self.assertRaises(BenchError):
            read_probe("no disk")


class Pages(unittest.TestCase):
    def test_a_part_of_a_page_is_replaced_and_nothing_else(self):
        page = "a\n<!-- figures -->\nold\n<!-- end of figures -->\nb\n"
        once = report.replace_part(page, "figures", "new \\1")
        self.assertEqual(once, "a\n<!-- figures -->\nnew \\1\n<!-- end of figures -->\nb\n")
        self.assertEqual(report.replace_part(once, "figures", "new \\1"), once)

    def test_a_page_without_the_part_is_an_error(self):
        with self.assertRaisesRegex(BenchError, "figures"):
            report.replace_part("a", "figures", "new")

    def test_our_page_has_a_place_for_all_parts(self):
        page = report.PAGE.read_text()
        for part in ("figures", "machine"):
            report.replace_part(page, part, "x")


class Machine(unittest.TestCase):
    def test_the_file_system_is_that_of_the_longest_mount_point(self):
        mounts = "a / ext4 rw\nb /srv xfs rw\nc /srv2 btrfs rw\n"
        self.assertEqual(machine.file_system_of(Path("/srv/data"), mounts), "xfs")
        self.assertEqual(machine.file_system_of(Path("/srv3"), mounts), "ext4")

    def test_this_machine_is_described(self):
        about = machine.describe(Path("/"))
        self.assertGreater(about["cores"], 0)
        self.assertGreater(about["memory_gib"], 0)


if __name__ == "__main__":
    unittest.main()
