"""Renews what docs/benchmarks.md shows of a run: table, machine, raw data, plots."""

import json
import re
from pathlib import Path
from typing import Any, Dict

from bench.suite import table
from bench.suite.errors import BenchError
from bench.suite.run import ROOT, Run

PAGE = ROOT / "docs" / "benchmarks.md"
FOLDER = ROOT / "docs" / "benchmarks"


def replace_part(page: str, part: str, text: str) -> str:
    """The page with what stands between `<!-- part -->` and `<!-- end of part -->` renewed."""
    pattern = re.compile(
        rf"(<!-- {re.escape(part)} -->\n).*?(<!-- end of {re.escape(part)} -->)", re.DOTALL
    )
    if not pattern.search(page):
        raise BenchError(f"{PAGE.name} has no place for: {part}")
    return pattern.sub(lambda found: found.group(1) + text + "\n" + found.group(2), page)


def machine_text(result: Dict[str, Any]) -> str:
    machine = result["machine"]
    lines = [
        f"- {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB; "
        f"{machine['file_system']}; Linux {machine['kernel']}, {machine['system']}",
        f"- load average before the run: {machine['load_before']}; "
        f"{result['repetitions']} repetitions of {result['seconds']} s",
    ]
    return "\n".join(lines + [f"- {note}" for note in result["peers"]])


def write(run: Run, result: Dict[str, Any], page_file: Path = PAGE, folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    data = {"result": result, "raw": run.raw}
    (folder / "run.json").write_text(json.dumps(data, indent=None, separators=(",", ":")) + "\n")
    page = page_file.read_text()
    page = replace_part(page, "figures", table.as_markdown(run.measurements))
    page = replace_part(page, "machine", machine_text(result))
    page_file.write_text(page)
    # Loaded here only: runs without a report do without matplotlib.
    from bench.suite import plots

    plots.draw_all(data, folder)
