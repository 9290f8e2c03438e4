"""What a seat, a loaded class and a class that nobody asks for cost in memory."""

import time

from bench.suite.benches.micro import run_micro
from bench.suite.errors import BenchError
from bench.suite.http_servers import Node
from bench.suite.run import Run

DAY_SECONDS = 86_400
PASSIVATED_SECONDS_MAX = 180.0
REST_SECONDS_MAX = 30.0
# After the last one has left, the memory is given back to the system in a moment or two.
SETTLE_SECONDS = 2.0


def run(run: Run) -> None:
    _seats(run)
    classes = run.options.sizes.classes_memory
    run.say(f"  {classes:,} classes, loaded")
    node = run.start_node(passivate_after_seconds=DAY_SECONDS)
    run.load("load", node, "load", classes=classes, connections=64)
    loaded = node.metrics()["cavea_offerings_loaded"]
    if loaded < classes:
        raise BenchError(f"only {loaded:.0f} of {classes} classes are in memory")
    _wait_until_all_rest(node, classes)
    run.measurements.add("loaded_mb_100000", node.resident_bytes() / 1e6)
    node.stop()
    _idle(run, node, classes)
    _passivated(run, node)
    node.remove()


def _wait_until_all_rest(node: Node, classes: int) -> None:
    """An offering that nobody asks for gives up its actor after two seconds."""
    deadline = time.monotonic() + REST_SECONDS_MAX
    while node.metrics()["cavea_offerings_at_rest"] < classes:
        if time.monotonic() > deadline:
            raise BenchError("classes that nobody asks for do not go to rest")
        time.sleep(0.2)
    time.sleep(SETTLE_SECONDS)


def _seats(run: Run) -> None:
    """The costliest house counts."""
    houses = run_micro(run, "cavea_micro_memory")
    run.raw["bytes per seat"] = houses
    run.measurements.add("bytes_per_seat", max(house["bytes_per_seat"] for house in houses))


def _idle(run: Run, node: Node, classes: int) -> None:
    """A node that has them but was asked for none, against a node that has nothing. Both were just
    started: what a node has done before stays in its buffers and would drown the difference."""
    empty = run.start_node()
    for _ in run.repetitions():
        empty.stop()
        empty.start()
        node.start()
        time.sleep(SETTLE_SECONDS)
        more = node.resident_bytes() - empty.resident_bytes()
        run.measurements.add("bytes_per_idle_offering", more / classes)
        node.stop()
    empty.remove()


def _passivated(run: Run, node: Node) -> None:
    """Shows that classes leave memory. What stays is mostly what the store buffers of the writes."""
    classes = run.options.sizes.classes_passivated
    run.say(f"  {classes:,} more, which leave memory")
    node.passivate_after(run.options.sizes.passivate_seconds)
    node.start()
    started = node.resident_bytes()
    run.load("passivated", node, "load", classes=classes, connections=64)
    _wait_until_passivated(node)
    run.measurements.add("mb_after_passivation", (node.resident_bytes() - started) / 1e6)


def _wait_until_passivated(node: Node) -> None:
    deadline = time.monotonic() + PASSIVATED_SECONDS_MAX
    while node.metrics()["cavea_offerings_loaded"] > 0:
        if time.monotonic() > deadline:
            raise BenchError("classes that nobody asks for stay in memory")
        time.sleep(0.2)
    time.sleep(SETTLE_SECONDS)
