"""The same load over 1,000 classes, right beside one class."""

from bench.suite.run import Run


def run(run: Run) -> None:
    node = run.start_node()
    times = {"seconds": run.options.seconds, "warm_up": run.options.warm_up}
    for repetition in run.repetitions():
        hot = run.load("hot beside spread", node, "hot", connections=64, seed=repetition, **times)
        spread = run.load(
            "spread",
            node,
            "spread",
            classes=run.options.sizes.classes_spread,
            connections=64,
            seed=repetition,
            **times,
        )
        run.measurements.add("spread_per_second", spread.per_second)
        run.measurements.add_ratio("ratio_spread_to_hot", spread.per_second, hot.per_second)
    node.remove()
