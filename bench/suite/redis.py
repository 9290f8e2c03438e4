"""Redis with `appendfsync always`: a reservation is one call of a script (reserve.lua).

redis-benchmark speaks Redis' own protocol; there is neither HTTP nor JSON in its way, which is in
its favour.
"""

import csv
import re
import signal
import time
from pathlib import Path

from bench.suite.errors import BenchError, VerificationError
from bench.suite.http_servers import free_port
from bench.suite.processes import START_SECONDS_MAX, Supervisor

SCRIPT = Path(__file__).parent / "reserve.lua"
CLIENTS = 50
CAPACITY = 2_000_000_000
# redis-benchmark counts calls, not seconds: this many say how many fit into the time.
CALIBRATION_CALLS = 5_000


def read_rate(text: str) -> float:
    """Calls per second in what redis-benchmark prints with --csv."""
    rows = list(csv.DictReader(line for line in text.splitlines() if line.startswith('"')))
    try:
        return float(rows[0]["rps"])
    except (IndexError, KeyError, TypeError, ValueError):
        raise BenchError(f"redis-benchmark printed no figures:\n{text}") from None


class Redis:
    """A server of our own on a free port of the loopback."""

    def __init__(self, supervisor: Supervisor, folder: Path):
        self._supervisor = supervisor
        self._port = free_port()
        data = folder / "redis"
        data.mkdir()
        self._process = supervisor.start(
            "redis",
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(data)]
            + ["--appendonly", "yes", "--appendfsync", "always", "--save", ""],
            stop_signals=(signal.SIGTERM,),
        )
        self._wait_until_ready()
        self.version = re.sub(r"(?s).*redis_version:(\S+).*", r"\1", self._call("INFO", "server"))
        self._sha = self._call("SCRIPT", "LOAD", SCRIPT.read_text())

    def reservations_per_second(self, seconds: float) -> float:
        """Runs as many reservations as fill the time; checks that all of them are there."""
        rate = self._run(CALIBRATION_CALLS)
        return self._run(max(CALIBRATION_CALLS, int(rate * seconds)))

    def _run(self, calls: int) -> float:
        self._call("FLUSHALL")
        text, _ = self._supervisor.run(
            ["redis-benchmark", "-p", str(self._port), "-c", str(CLIENTS), "-n", str(calls)]
            + ["-r", "1000000000", "--csv", "EVALSHA", self._sha, "2", "offering", "reservations"]
            + [str(CAPACITY), "__rand_int__"],
            seconds_max=600,
        )
        taken = int(self._call("HGET", "offering", "taken"))
        records = int(self._call("XLEN", "reservations"))
        # redis-benchmark sends up to a call per client more than it counts.
        if taken != records or not calls <= taken <= calls + CLIENTS:
            raise VerificationError(f"Redis: {calls} calls, {taken} taken, {records} records")
        return read_rate(text)

    def _call(self, *arguments: str) -> str:
        text, _ = self._supervisor.run(
            ["redis-cli", "-p", str(self._port), *arguments], seconds_max=120
        )
        return text.strip()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                if self._call("PING") == "PONG":
                    return
            except BenchError:
                pass
            if not self._process.is_running():
                raise self._process.failure("ended before it was ready")
            if time.monotonic() > deadline:
                raise self._process.failure("was not ready in time")
            time.sleep(0.05)
