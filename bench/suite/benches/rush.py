"""A sale opens: ten buyers for each seat, all at once."""

from bench.suite.errors import VerificationError
from bench.suite.run import Run


def run(run: Run) -> None:
    sizes = run.options.sizes
    for repetition in run.repetitions():
        node = run.start_node()
        result = run.load(
            "rush",
            node,
            "rush",
            seats=sizes.seats,
            buyers=sizes.buyers,
            connections=256,
            seed=repetition,
        )
        if result.sold_out_seconds is None:
            raise VerificationError(f"rush: not sold out, with {result.confirmed} reservations")
        run.measurements.add("rush_seconds", result.seconds)
        run.measurements.add("rush_sold_out_seconds", result.sold_out_seconds)
        node.remove()
