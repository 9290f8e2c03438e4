"""Runs the programs that measure inside the engine."""

import json
from typing import Any, Dict, List

from bench.suite.errors import BenchError
from bench.suite.run import Run


def run_micro(run: Run, program: str, *arguments: str) -> List[Dict[str, Any]]:
    """The objects that the program prints with --json."""
    command = [str(run.binary(f"bench/{program}")), "--json", *arguments]
    text, _ = run.supervisor.run(command, seconds_max=600)
    try:
        return list(json.loads(text)["results"])
    except (ValueError, KeyError, TypeError):
        raise BenchError(f"{program} printed no results:\n{text}") from None
