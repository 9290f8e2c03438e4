"""How long a node with much history takes to answer again, after SIGTERM and after SIGKILL."""

from bench.suite.errors import VerificationError
from bench.suite.http_servers import Node
from bench.suite.run import Run

# Before each end some seconds of load, so that there is something that only the log has.
LOAD_SECONDS = 2


def run(run: Run) -> None:
    sizes = run.options.sizes
    node = run.start_node()
    run.say(f"  {sizes.reservations_restart:,} reservations over {sizes.classes_restart:,} classes")
    run.load(
        "fill",
        node,
        "fill",
        classes=sizes.classes_restart,
        reservations=sizes.reservations_restart,
        connections=256,
    )
    for repetition in run.repetitions():
        _load(run, node, 2 * repetition)
        sold = _sold(node)
        node.stop()
        run.measurements.add("restart_after_stop_seconds", node.start())
        _check(run, node, sold, "SIGTERM")

        _load(run, node, 2 * repetition + 1)
        sold = _sold(node)
        node.kill()
        run.measurements.add("restart_after_kill_seconds", node.start())
        _check(run, node, sold, "SIGKILL")
    summaries = run.measurements.summaries()
    slower = max(
        summaries[key].median
        for key in ("restart_after_stop_seconds", "restart_after_kill_seconds")
    )
    run.measurements.add("restart_seconds", slower)
    node.remove()


def _load(run: Run, node: Node, seed: int) -> None:
    run.load("before a restart", node, "hot", seconds=LOAD_SECONDS, connections=64, seed=seed)


def _sold(node: Node) -> float:
    return node.metrics()['cavea_places{state="sold"}']


def _check(run: Run, node: Node, before: float, signal: str) -> None:
    """Every place that was sold before is sold now."""
    now = _sold(node)
    if now < before:
        run.measurements.count("reservations_lost", int(before - now))
        raise VerificationError(f"after {signal}: {now:.0f} places are sold, {before:.0f} were")
