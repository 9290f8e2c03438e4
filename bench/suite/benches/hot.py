"""Everybody wants the same class: throughput and answer times beside a constant answer, PostgreSQL,
Redis and the disk.

Within a repetition all are measured in turn, so that each ratio is one of neighbours in time.
"""

import json
import time
from typing import Dict

from bench.suite.benches.sweep import sweep_connections
from bench.suite.errors import BenchError
from bench.suite.http_servers import Node
from bench.suite.postgres import SCHEMES, Postgres
from bench.suite.run import Run

# A node that has written nothing for this long has done the compactions that a load caused.
QUIET_SECONDS = 3.0
QUIET_SECONDS_MAX = 120.0


def run(run: Run) -> None:
    constant = run.start_constant_server()
    redis = run.start_redis()
    postgres = run.start_postgres()
    node = run.start_node()
    run.notes.append(f"PostgreSQL {postgres.version}: {postgres.durability()}")
    run.notes.append(f"Redis {redis.version}: appendfsync always")
    add = run.measurements.add
    ratio = run.measurements.add_ratio
    for repetition in run.repetitions():
        _disk(run)
        one = _hot(run, node, "one connection", repetition, connections=1)
        median = one.latency_ms["p50"]
        add("one_connection_median_ms", median)
        ratio("ratio_median_to_fsync", median, fsync_median(run))

        peak = 0.0
        for connections, suffix in ((64, ""), (256, "_256")):
            answers = run.load_constant(f"constant {connections}", constant, connections).per_second
            hot = _hot(
                run, node, f"hot {connections}", repetition, connections=connections
            ).per_second
            peak = max(peak, hot)
            add("constant_server_per_second" + suffix, answers)
            add("reservations_per_second" + suffix, hot)
            ratio("ratio_constant_server" + suffix, hot, answers)
            if connections == 64:
                _peers(run, hot, redis.reservations_per_second(run.options.seconds), postgres)
        _open_loop(run, node, repetition, peak / 2)
    _bytes_written(run, node)
    if run.options.is_report:
        sweep_connections(run, node, constant)
    node.remove()


def _hot(run: Run, node: Node, name: str, repetition: int, **options):
    options = {"seconds": run.options.seconds, "warm_up": run.options.warm_up, **options}
    return run.load(name, node, "hot", seed=repetition, **options)


def _disk(run: Run) -> None:
    """What one fsync costs here and now, on the disk of the data."""
    seconds = 1 if run.options.is_quick else 2
    command = [str(run.binary("bench/cavea-disk-probe")), "--folder", str(run.folder)]
    text, _ = run.supervisor.run(command + ["--seconds", str(seconds)], seconds_max=60)
    run.raw.setdefault("fsync", []).append(read_probe(text))
    run.measurements.add("fsync_median_ms", fsync_median(run))


def read_probe(text: str) -> Dict[str, float]:
    try:
        probe = json.loads(text)
        return {name: float(probe[name]) for name in ("median_ms", "p99_ms", "per_second")}
    except (ValueError, KeyError, TypeError):
        raise BenchError(f"the disk probe printed no figures:\n{text}") from None


def fsync_median(run: Run) -> float:
    return run.raw["fsync"][-1]["median_ms"]


def _peers(run: Run, hot: float, redis: float, postgres: Postgres) -> None:
    run.measurements.add("redis_per_second", redis)
    run.measurements.add_ratio("ratio_redis", hot, redis)
    rates = {}
    for scheme in SCHEMES:
        rates[scheme] = postgres.reservations_per_second(scheme, run.options.seconds)
        run.measurements.add(f"postgres_{scheme.name}_per_second", rates[scheme])
    for key, is_hot_row in (("ratio_postgres", True), ("ratio_postgres_seats", False)):
        best = max(rate for scheme, rate in rates.items() if scheme.is_hot_row == is_hot_row)
        run.measurements.add_ratio(key, hot, best)


def _open_loop(run: Run, node: Node, repetition: int, rate: float) -> None:
    """Requests come at their time whether or not the node keeps up, as buyers do."""
    result = _hot(run, node, "open loop", repetition, connections=256, rate=max(1, int(rate)))
    run.measurements.add("open_loop_per_second", result.per_second)
    run.measurements.add("p50_ms", result.latency_ms["p50"])
    run.measurements.add("p99_ms", result.latency_ms["p99"])
    run.measurements.add("p999_ms", result.latency_ms["p999"])


def _bytes_written(run: Run, node: Node) -> None:
    """A longer run, with all that its compactions write after it."""
    seconds = max(run.options.sizes.write_seconds, run.options.seconds)
    run.say(f"  bytes written, {seconds} s")
    before = node.written_bytes()
    result = _hot(run, node, "bytes written", 1, connections=64, seconds=seconds, warm_up=0)
    _wait_until_quiet(node)
    written = node.written_bytes() - before
    run.measurements.add_ratio("bytes_written_per_reservation", written, result.confirmed)


def _wait_until_quiet(node: Node) -> None:
    deadline = time.monotonic() + QUIET_SECONDS_MAX
    last, since = node.written_bytes(), time.monotonic()
    while time.monotonic() < min(deadline, since + QUIET_SECONDS):
        time.sleep(0.2)
        now = node.written_bytes()
        if now != last:
            last, since = now, time.monotonic()
