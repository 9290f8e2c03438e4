"""The command line: python3 -m bench.suite hot|spread|rush|saga|restart|best-available|memory|all"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any, Dict, List

from bench.suite import machine, report, table
from bench.suite.benches import BENCHES
from bench.suite.errors import BenchError
from bench.suite.processes import Supervisor
from bench.suite.run import Options, Run
from bench.suite.scratch import Scratch, end_cleanly_on_signals


def at_least_one(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("must be 1 at least")
    return value


def parse(arguments: List[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Measures Cavea beside a constant server, PostgreSQL and Redis. Prints a table "
        "and, as the last line, all figures as one JSON object. Figures that miss what they must "
        "be are marked; the exit code is 1 only when something failed or a reservation was lost.",
    )
    parser.add_argument("bench", choices=[*BENCHES, "all"])
    parser.add_argument("--repetitions", type=at_least_one, metavar="N", help="default: 3")
    parser.add_argument(
        "--seconds", type=at_least_one, metavar="N", help="of each measurement; default: 5"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON object there too")
    parser.add_argument(
        "--report",
        action="store_true",
        help="with all: sweep over connections too, and renew docs/benchmarks.md with its plots",
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="a short run of everything, to see that it works; its figures mean nothing",
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave the scratch folder with all logs behind"
    )
    parsed = parser.parse_args(arguments)
    if parsed.report and (parsed.bench != "all" or parsed.quick):
        parser.error("a report is made of a whole run: all, without --quick")
    return parsed


def options_of(arguments: argparse.Namespace) -> Options:
    return Options(
        repetitions=arguments.repetitions or (1 if arguments.quick else 3),
        seconds=arguments.seconds or (1 if arguments.quick else 5),
        is_quick=arguments.quick,
        is_report=arguments.report,
    )


def run_benches(run: Run, names: List[str]) -> List[str]:
    """Runs them one after the other, each with servers of its own; returns what failed."""
    failures = []
    for name in names:
        run.say(f"{name}:")
        began = time.monotonic()
        try:
            with run.supervisor:
                BENCHES[name].run(run)
        except BenchError as error:
            failures.append(f"{name}: {error}")
            run.say(f"  FAILED: {error}")
        run.say(f"  took {time.monotonic() - began:.0f} s")
    return failures


def write_report(run: Run, result: Dict[str, Any]) -> List[str]:
    """Returns what failed: a plot that cannot be drawn must not cost the figures of a long run."""
    try:
        report.write(run, result)
    except Exception as error:  # pylint: disable=broad-except
        return [f"report: {error!r}"]
    return []


def result_of(
    run: Run, names: List[str], about: Dict[str, Any], failures: List[str]
) -> Dict[str, Any]:
    return {
        "benches": names,
        **run.measurements.as_json(),
        "repetitions": run.options.repetitions,
        "seconds": run.options.seconds,
        "quick": run.options.is_quick,
        "machine": about,
        "peers": run.notes,
        "failures": failures,
    }


def main(arguments: List[str]) -> int:
    parsed = parse(arguments)
    options = options_of(parsed)
    names = list(BENCHES) if parsed.bench == "all" else [parsed.bench]
    end_cleanly_on_signals()
    with Scratch(keep=parsed.keep) as folder:
        about = machine.describe(folder)
        run = Run(options, folder, Supervisor(folder))
        failures = run_benches(run, names)
        result = result_of(run, names, about, failures)
    if options.is_report and not failures:
        failures += write_report(run, result)
    print(table.as_text(run.measurements))
    if options.is_quick:
        print("\nA quick run shows that everything works; its figures mean nothing.")
    for failure in failures:
        print(f"\nFAILED: {failure}")
    print()
    line = json.dumps(result)
    if parsed.json:
        parsed.json.write_text(line + "\n")
    print(line)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
