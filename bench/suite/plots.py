"""Draws the plots of docs/benchmarks.md from the data of a run.

    python3 -m bench.suite.plots [docs/benchmarks/run.json]
"""

import json
import sys
from pathlib import Path
from typing import Any, Dict, List, Tuple

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

OURS = "#0b6e75"
OTHERS = "#b3541e"
QUIET = "#8a8f98"
# Texts stay texts; the same data gives the same file.
matplotlib.rcParams.update(
    {
        "svg.fonttype": "none",
        "svg.hashsalt": "cavea",
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.color": "#e4e6ea",
        "axes.axisbelow": True,
        "figure.facecolor": "white",
    }
)


def add_histograms(histograms: List[List[Tuple[float, int]]]) -> List[Tuple[float, int]]:
    """One histogram of several with the same bounds or others."""
    counts: Dict[float, int] = {}
    for histogram in histograms:
        for bound, count in histogram:
            counts[bound] = counts.get(bound, 0) + count
    return sorted(counts.items())


def percentile_curve(histogram: List[Tuple[float, int]]) -> Tuple[List[float], List[float]]:
    """For each bound the share of answers that took longer, and the bound; the share falls."""
    total = sum(count for _, count in histogram)
    shares, bounds, seen = [], [], 0
    for bound, count in histogram:
        if count == 0:
            continue
        seen += count
        # The last answer is its own percentile: half an answer is slower.
        shares.append(max(total - seen, 0.5) / total)
        bounds.append(bound)
    return shares, bounds


def draw_latency(raw: Dict[str, Any], axes: Any) -> None:
    for name, label, colour in (
        ("open loop", "open loop at half of the peak", OURS),
        ("hot 64", "full load, 64 connections", OTHERS),
        ("one connection", "one at a time", QUIET),
    ):
        if name not in raw:
            continue
        histogram = add_histograms([result["histogram"] for result in raw[name]])
        if not histogram:
            continue
        shares, bounds = percentile_curve(histogram)
        axes.plot([1 / share for share in shares], bounds, label=label, color=colour)
    ticks = {
        2: "50 %",
        10: "90 %",
        100: "99 %",
        1_000: "99.9 %",
        10_000: "99.99 %",
        100_000: "99.999 %",
    }
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(list(ticks), list(ticks.values()))
    axes.minorticks_off()
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlabel("share of answers")
    axes.set_ylabel("within, ms")
    axes.set_title("Answer times of durable reservations of one class", loc="left")
    axes.legend(frameon=False)


def draw_connections(raw: Dict[str, Any], axes: Any) -> None:
    points = raw["sweep"]
    connections = [point["connections"] for point in points]
    for key, label, colour in (
        ("constant", "constant answer", QUIET),
        ("hot", "durable reservation", OURS),
    ):
        axes.plot(connections, [p[key] for p in points], marker="o", label=label, color=colour)
    axes.set_xscale("log", base=2)
    axes.set_xticks(connections, [str(count) for count in connections])
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("connections")
    axes.set_ylabel("requests per second")
    axes.set_title("Throughput over connections, everybody wants the same class", loc="left")
    axes.legend(frameon=False)


def draw_rates(result: Dict[str, Any], axes: Any) -> None:
    """Bars from the fastest to the slowest; thin lines show the spread of the repetitions."""
    names = {
        "reservations_per_second": "Cavea, one class",
        "spread_per_second": "Cavea, 1,000 classes",
        "redis_per_second": "Redis, one key",
        "postgres_one_statement_per_second": "PostgreSQL, one statement, one row",
        "postgres_update_insert_per_second": "PostgreSQL, update + insert, one row",
        "postgres_advisory_lock_per_second": "PostgreSQL, advisory lock, one row",
        "postgres_skip_locked_per_second": "PostgreSQL, SKIP LOCKED, a row a seat",
        "postgres_unique_seat_per_second": "PostgreSQL, unique seat, a row a seat",
    }
    keys = sorted((key for key in names if key in result), key=lambda key: result[key])
    for position, key in enumerate(keys):
        low, high = result["spread"].get(key, (result[key], result[key]))
        colour = OURS if names[key].startswith("Cavea") else OTHERS
        axes.barh(position, result[key], color=colour, height=0.6)
        axes.plot([low, high], [position, position], color="black", linewidth=1)
        axes.annotate(f" {result[key]:,.0f}", (max(high, result[key]), position), va="center")
    axes.set_yticks(range(len(keys)), [names[key] for key in keys])
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.margins(x=0.15)
    axes.set_xlabel("durable reservations per second; HTTP and JSON with Cavea only")
    axes.set_title("Hot against spread, and the others", loc="left")


def draw_on_sale(raw: Dict[str, Any], axes: Any) -> None:
    """The repetition in the middle, by the time until all had their answer."""
    timelines = [result["timeline"] for result in raw["rush"]]
    timeline = sorted(timelines, key=len)[len(timelines) // 2]
    seconds = [point["second"] for point in timeline]
    confirmed = [point["confirmed"] for point in timeline]
    refused = [point["refused"] for point in timeline]
    axes.bar(seconds, confirmed, color=OURS, width=0.8, label="got a seat")
    axes.bar(
        seconds, refused, bottom=confirmed, color=QUIET, width=0.8, label="told that none is left"
    )
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_xlabel("second of the sale")
    axes.set_ylabel("answers")
    right = axes.twinx()
    right.plot(seconds, [point["p99_ms"] for point in timeline], color=OTHERS, marker="o")
    right.set_ylabel("p99 of the answers in that second, ms", color=OTHERS)
    right.set_ylim(bottom=0)
    right.grid(visible=False)
    axes.set_title("A sale, second by second", loc="left")
    axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1), ncols=2)


def draw_all(data: Dict[str, Any], folder: Path) -> None:
    """Draws what the run has data for."""
    raw, result = data["raw"], data["result"]
    plots = (
        ("latency", "open loop" in raw, lambda axes: draw_latency(raw, axes)),
        ("connections", "sweep" in raw, lambda axes: draw_connections(raw, axes)),
        ("rates", "reservations_per_second" in result, lambda axes: draw_rates(result, axes)),
        ("on-sale", "rush" in raw, lambda axes: draw_on_sale(raw, axes)),
    )
    for name, has_data, draw in plots:
        if not has_data:
            continue
        figure, axes = pyplot.subplots(figsize=(8, 4), layout="constrained")
        draw(axes)
        # Without a date the file changes only when the data does.
        figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
        pyplot.close(figure)


if __name__ == "__main__":
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/benchmarks/run.json")
    draw_all(json.loads(source.read_text()), source.parent)
