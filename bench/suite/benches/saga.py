"""Places that are paid for: every purchase is a reservation, a payment at a provider on the same
machine, its notices, the capture and the sale. Beside it places are cancelled for which somebody
waits, and holds end unpaid."""

import json

from bench.suite.errors import VerificationError
from bench.suite.http_servers import PaymentSimulator
from bench.suite.run import Run

# How long customers take to pay: next to nothing, so that few purchases are under way at once.
CUSTOMERS_PAY_MS = 2
CONNECTIONS = 256


def run(run: Run) -> None:
    for repetition in run.repetitions():
        simulator = run.start_payment_simulator(CUSTOMERS_PAY_MS)
        node = run.start_node(simulator=simulator)
        result = run.load(
            "saga",
            node,
            "saga",
            connections=CONNECTIONS,
            seed=repetition,
            seconds=run.options.seconds,
            warm_up=run.options.warm_up,
        )
        _compare_money(simulator, result.verified * result.more["price"])
        add = run.measurements.add
        add("saga_paid_per_second", result.per_second)
        add("saga_purchase_p50_ms", result.latency_ms["p50"])
        add("saga_purchase_p99_ms", result.latency_ms["p99"])
        told = node.metrics()["cavea_notifications_total"]
        add("saga_notifications_per_second", told / (result.seconds + run.options.warm_up))
        add("mypage_reads_per_second", result.more["pages_read_per_second"])
        add("mypage_visible_p99_ms", result.more["page_visible_ms"]["p99"])
        add("waiting_offer_p99_ms", result.more["offer_visible_ms"]["p99"])
        add("hold_end_to_feed_p99_ms", result.more["hold_end_to_feed_ms"]["p99"])
        node.remove()
        simulator.stop()


def _compare_money(simulator: PaymentSimulator, sold: int) -> None:
    """What the provider has taken is what was sold: not a cent more or less."""
    books = simulator.statistics()
    captured = books["captured"].get("eur", 0)
    if captured != sold or books["refunded"].get("eur", 0) != 0:
        raise VerificationError(
            f"saga: places were sold for {sold}, the provider says {json.dumps(books)}"
        )
