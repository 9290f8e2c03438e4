"""Runs the load generator and reads what it found out."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, Union

from bench.suite.errors import BenchError, VerificationError
from bench.suite.processes import Supervisor, last_lines

# What a run may take beyond the time that it was asked to measure: set-up, verification.
OVERHEAD_SECONDS_MAX = 1800.0
# The load generator's exit code for a wrong answer or a reservation that is missing.
WRONG = 1

Option = Union[str, int, float, Path]


@dataclass
class LoadResult:
    """One run of the load generator; times in milliseconds."""

    scenario: str
    seconds: float
    requests: int
    confirmed: int
    per_second: float
    latency_ms: Dict[str, float]
    verified: int = 0
    missing: int = 0
    failed: int = 0
    refused: Dict[str, int] = field(default_factory=dict)
    histogram: List[Tuple[float, int]] = field(default_factory=list)
    timeline: List[Dict[str, float]] = field(default_factory=list)
    sold_out_seconds: Optional[float] = None
    seats_sold_twice: int = 0
    # Everything, as the load generator wrote it: for what only one scenario has.
    more: Dict[str, Any] = field(default_factory=dict)
    faults: List[str] = field(default_factory=list)


def read_result(text: str) -> LoadResult:
    """The result in what the load generator wrote with --json."""
    try:
        raw = json.loads(text)
        sold_out = raw.get("sold_out_seconds")
        return LoadResult(
            scenario=raw["scenario"],
            seconds=float(raw["seconds"]),
            requests=int(raw["requests"]),
            confirmed=int(raw["confirmed"]),
            per_second=float(raw["per_second"]),
            latency_ms={name: float(ms) for name, ms in raw["latency_ms"].items()},
            verified=int(raw.get("verified") or 0),
            missing=int(raw.get("missing") or 0),
            failed=int(raw.get("failed") or 0),
            refused={name: int(count) for name, count in (raw.get("refused") or {}).items()},
            histogram=[(float(bound), int(count)) for bound, count in raw.get("histogram") or []],
            timeline=raw.get("timeline") or [],
            sold_out_seconds=None if sold_out is None else float(sold_out),
            seats_sold_twice=int(raw.get("seats_sold_twice") or 0),
            faults=list(raw.get("faults") or []),
            more=raw,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BenchError(
            f"the load generator wrote no result that can be read: {error!r}"
        ) from error


def check(result: LoadResult) -> None:
    """Raises when a reservation is missing, a seat was sold twice, a request failed or the load
    generator found anything else wrong."""
    faults = []
    if result.missing > 0:
        faults.append(f"{result.missing} reservations are missing")
    if result.seats_sold_twice > 0:
        faults.append(f"{result.seats_sold_twice} seats were sold twice")
    if result.failed > 0:
        faults.append(f"{result.failed} requests failed")
    faults += [fault for fault in result.faults if fault not in faults]
    if faults:
        raise VerificationError(f"{result.scenario}: " + "; ".join(faults))


def command_line(
    binary: Path, url: str, scenario: str, result: Path, options: Dict[str, Option]
) -> List[str]:
    """The call of the load generator; `token_key` becomes `--token-key`."""
    command = [str(binary), "--url", url, "--scenario", scenario, "--json", str(result), "--quiet"]
    for name, value in options.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return command


class LoadGenerator:
    def __init__(self, binary: Path, supervisor: Supervisor, folder: Path):
        self._binary = binary
        self._supervisor = supervisor
        self._result = folder / "load.json"
        self._log_folder = folder

    def run(self, url: str, scenario: str, **options: Option) -> LoadResult:
        """Runs a scenario, which reads its reservations back; `check` says what that found."""
        self._result.unlink(missing_ok=True)
        command = command_line(self._binary, url, scenario, self._result, options)
        seconds_max = OVERHEAD_SECONDS_MAX + float(options.get("seconds", 0))
        _, code = self._supervisor.run(command, seconds_max, allowed_codes=(0, WRONG))
        if not self._result.exists():
            said = last_lines(self._log_folder / f"{self._binary.name}.stderr")
            raise BenchError(f"{scenario}: no result from: {' '.join(command)}\n{said}")
        result = read_result(self._result.read_text())
        if code == WRONG and not result.faults:
            result.faults.append(last_lines(self._log_folder / f"{self._binary.name}.stderr"))
        return result
