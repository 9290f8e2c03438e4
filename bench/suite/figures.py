"""What we hold ourselves to, and what a run measured."""

import statistics
from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional


@dataclass(frozen=True)
class Figure:
    """A figure that a run may measure. `must` and `goal` are bounds; without them it is only
    told."""

    key: str
    text: str
    unit: str = ""
    must: Optional[float] = None
    goal: Optional[float] = None
    is_more_better: bool = True

    def meets(self, value: float, bound: Optional[float]) -> bool:
        if bound is None:
            return True
        return value >= bound if self.is_more_better else value <= bound


@dataclass(frozen=True)
class Summary:
    """Over the repetitions of a run."""

    median: float
    low: float
    high: float
    count: int


def _more(key: str, text: str, unit: str = "", must=None, goal=None) -> Figure:
    return Figure(key, text, unit, must, goal)


def _less(key: str, text: str, unit: str = "", must=None, goal=None) -> Figure:
    return Figure(key, text, unit, must, goal, is_more_better=False)


# What a measurement of resident memory can tell from nothing: 1.6 MB over 100,000 offerings.
IDLE_BYTES_RESOLUTION = 16.0

# In the order of the table. The bounds of places sold twice and reservations lost are not goals but
# conditions: a run that violates them fails.
FIGURES = (
    _more(
        "constant_server_per_second", "Beast server with a constant answer, 64 connections", "/s"
    ),
    _more("constant_server_per_second_256", "the same, 256 connections", "/s"),
    _more("reservations_per_second", "durable reservations of one class, 64 connections", "/s"),
    _more("reservations_per_second_256", "the same, 256 connections", "/s"),
    _more("spread_per_second", "durable reservations over 1,000 classes, 64 connections", "/s"),
    _more(
        "postgres_update_insert_per_second",
        "PostgreSQL, update and insert, one row, 64 clients",
        "/s",
    ),
    _more(
        "postgres_one_statement_per_second", "PostgreSQL, one statement, one row, 64 clients", "/s"
    ),
    _more(
        "postgres_advisory_lock_per_second", "PostgreSQL, advisory lock, one row, 64 clients", "/s"
    ),
    _more(
        "postgres_skip_locked_per_second", "PostgreSQL, SKIP LOCKED, a row a seat, 64 clients", "/s"
    ),
    _more(
        "postgres_unique_seat_per_second", "PostgreSQL, unique seat, a row a seat, 64 clients", "/s"
    ),
    _more("redis_per_second", "Redis, appendfsync always, 50 clients", "/s"),
    _more("ratio_constant_server", "one class / constant server, 64 connections", "", 0.4, 0.5),
    _more(
        "ratio_constant_server_256", "one class / constant server, 256 connections", "", 0.45, 0.6
    ),
    _more("ratio_postgres", "one class / PostgreSQL's best scheme on one row", "", 15, 40),
    _more("ratio_postgres_seats", "one class / PostgreSQL's best scheme with a row a seat"),
    _more("ratio_redis", "one class / Redis", "", 0.7, 1.0),
    _more("ratio_spread_to_hot", "1,000 classes / one class", "", 0.9, 1.0),
    _more("open_loop_per_second", "open loop at half of the peak: reservations", "/s"),
    _less("p50_ms", "open loop at half of the peak: median", "ms"),
    _less("p99_ms", "open loop at half of the peak: p99", "ms", 5, 3),
    _less("p999_ms", "open loop at half of the peak: p99.9", "ms", 20, 10),
    _less("one_connection_median_ms", "one connection, one at a time: median", "ms"),
    _less("fsync_median_ms", "one fsync of the same disk: median", "ms"),
    _less("ratio_median_to_fsync", "one at a time / one fsync", "", 2.5, 1.7),
    _less(
        "bytes_written_per_reservation",
        "bytes to the disk per reservation at full load",
        "B",
        1000,
        500,
    ),
    _less(
        "rush_seconds", "rush, 10,000 seats, 100,000 buyers: everybody has an answer", "s", 15, 5
    ),
    _less("rush_sold_out_seconds", "rush: sold out", "s"),
    _more("saga_paid_per_second", "places paid for, the provider on the same machine", "/s", None, 10_000),
    _less("saga_purchase_p50_ms", "a whole purchase, reserving to sold: median", "ms"),
    _less("saga_purchase_p99_ms", "the same: p99", "ms"),
    _more("saga_notifications_per_second", "people told meanwhile", "/s"),
    _more("mypage_reads_per_second", "my page read meanwhile", "/s"),
    _less("mypage_visible_p99_ms", "my page shows a purchase: p99", "ms", None, 200),
    _less("waiting_offer_p99_ms", "from a cancellation to who waits seeing the offer: p99", "ms", None, 250),
    _less("hold_end_to_feed_p99_ms", "from the end of a hold to the seat feed: p99", "ms", None, 100),
    _less("restart_seconds", "start with 1,000,000 reservations over 10,000 classes", "s", 3, 2),
    _less("restart_after_stop_seconds", "start after SIGTERM", "s"),
    _less("restart_after_kill_seconds", "start after SIGKILL", "s"),
    _less("best_available_p99_ms_2500", "best available for four, 2,500 seats: p99", "ms", 2, 1),
    _less("best_available_p99_ms_50000", "best available for four, 50,000 seats: p99", "ms", 10, 5),
    _less(
        "bytes_per_seat",
        "memory per seat of a sold-out performance (largest of three houses)",
        "B",
        32,
        16,
    ),
    _less(
        "loaded_mb_100000",
        "100,000 classes loaded and idle: resident memory of the node",
        "MB",
        300,
        150,
    ),
    _less(
        "bytes_per_idle_offering",
        "memory of a class that nobody has asked for since the start",
        "B",
        IDLE_BYTES_RESOLUTION,
        IDLE_BYTES_RESOLUTION,
    ),
    _less("mb_after_passivation", "memory after 10,000 classes came and left, with buffers", "MB"),
    _more("verified", "reservations read back and found", ""),
    _less("reservations_lost", "acknowledged reservations that were missing", "", 0, 0),
    _less("seats_sold_twice", "seats sold twice", "", 0, 0),
)

BY_KEY: Dict[str, Figure] = {figure.key: figure for figure in FIGURES}


def summarize(values: Iterable[float]) -> Summary:
    """Median, least and greatest."""
    all_values = list(values)
    return Summary(statistics.median(all_values), min(all_values), max(all_values), len(all_values))


class Measurements:
    """What the repetitions of a run gave, by key of the figure."""

    def __init__(self) -> None:
        self._values: Dict[str, List[float]] = {}

    def add(self, key: str, value: float) -> None:
        """One repetition's value; the key must be in the table."""
        self._values.setdefault(BY_KEY[key].key, []).append(value)

    def add_ratio(self, key: str, above: float, below: float) -> None:
        """A ratio of two figures of the same repetition; left out when there is nothing below."""
        if below > 0:
            self.add(key, above / below)

    def count(self, key: str, more: int) -> None:
        """Adds to a figure that is a sum over the run."""
        total = self._values.setdefault(BY_KEY[key].key, [0])
        total[0] += more

    def summaries(self) -> Dict[str, Summary]:
        """In the order of the table."""
        return {f.key: summarize(self._values[f.key]) for f in FIGURES if f.key in self._values}

    def missed(self) -> List[str]:
        """Keys of the figures whose median is not what it must be."""
        return [
            key
            for key, summary in self.summaries().items()
            if not BY_KEY[key].meets(summary.median, BY_KEY[key].must)
        ]

    def as_json(self) -> Dict[str, object]:
        """Medians by key, and beside them the least and greatest of each."""
        summaries = self.summaries()
        result: Dict[str, object] = {key: _rounded(s.median) for key, s in summaries.items()}
        result["spread"] = {
            key: [_rounded(s.low), _rounded(s.high)] for key, s in summaries.items() if s.count > 1
        }
        result["missed"] = self.missed()
        return result


def _rounded(value: float) -> float:
    """Six significant digits: more than any of it means."""
    return float(f"{value:.6g}")
