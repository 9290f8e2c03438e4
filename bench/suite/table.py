"""The table of a run, for people."""

from typing import Dict, List, Optional

from bench.suite.figures import BY_KEY, Figure, Measurements, Summary

HEADER = ("figure", "median", "least", "greatest", "must", "goal", "")


def number(value: Optional[float]) -> str:
    """Short, with thousands parted: 58,442; 12.3; 0.412."""
    if value is None:
        return ""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bound(figure: Figure, value: Optional[float]) -> str:
    """A bound with its direction: ">= 0.4"."""
    if value is None:
        return ""
    return (">= " if figure.is_more_better else "<= ") + number(value)


def verdict(figure: Figure, median: float) -> str:
    if not figure.meets(median, figure.must):
        return "MISSED"
    if figure.goal is None:
        return ""
    if figure.meets(median, figure.goal):
        return "goal"
    return "must" if figure.must is not None else "short of goal"


def rows(measurements: Measurements) -> List[List[str]]:
    """One row a figure that was measured."""
    summaries: Dict[str, Summary] = measurements.summaries()
    result = []
    for key, summary in summaries.items():
        figure = BY_KEY[key]
        several = summary.count > 1
        unit = f" {figure.unit}" if figure.unit else ""
        result.append(
            [
                figure.text,
                number(summary.median) + unit,
                number(summary.low) if several else "",
                number(summary.high) if several else "",
                bound(figure, figure.must),
                bound(figure, figure.goal),
                verdict(figure, summary.median),
            ]
        )
    return result


def as_text(measurements: Measurements) -> str:
    """Columns for a terminal."""
    lines = [list(HEADER)] + rows(measurements)
    widths = [max(len(line[i]) for line in lines) for i in range(len(HEADER))]
    text = []
    for line in lines:
        cells = [line[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(line[1:-1], widths[1:-1])]
        text.append("  ".join(cells + [line[-1]]).rstrip())
    return "\n".join(text)


def as_markdown(measurements: Measurements) -> str:
    """The same for a page."""
    lines = ["| " + " | ".join(HEADER) + " |", "| --- " + "| ---: " * 5 + "| --- |"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(measurements)]
    return "\n".join(lines)
