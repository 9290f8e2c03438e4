"""PostgreSQL with pgbench: the schemes by which other systems claim, each at its best.

The cluster is at its defaults in all that concerns durability, and is talked to through a socket in
the scratch folder, with prepared statements. There is neither HTTP nor JSON in its way, which is in
its favour.
"""

import os
import pwd
import re
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List

from bench.suite.errors import BenchError, VerificationError
from bench.suite.processes import START_SECONDS_MAX, Supervisor

SCRIPTS = Path(__file__).parent / "pgbench"
CLIENTS = 64
THREADS = 2
# Neither on Debian 12 (15) nor on 13 (17) are these programs on the path.
INSTALLED = Path("/usr/lib/postgresql")
# PostgreSQL refuses to run as root; the package makes this user.
USER = "postgres"


@dataclass(frozen=True)
class Scheme:
    """`is_hot_row`: all buyers meet in one row, as in our class; else each has a seat's row, of
    which there are `seats`, or `seats_per_second` for each second of the run."""

    name: str
    is_hot_row: bool
    seats: int = 0
    seats_per_second: int = 0

    def seats_for(self, seconds: int) -> int:
        return self.seats + self.seats_per_second * seconds


SCHEMES = (
    Scheme("update_insert", is_hot_row=True),
    Scheme("one_statement", is_hot_row=True),
    Scheme("advisory_lock", is_hot_row=True),
    Scheme("skip_locked", is_hot_row=False, seats_per_second=200_000),
    Scheme("unique_seat", is_hot_row=False, seats=1_000_000_000),
)


def programs() -> Path:
    """The folder with the programs of the newest version that is installed."""
    folders = [f.parent for f in INSTALLED.glob("*/bin/initdb")]
    if not folders:
        raise BenchError(
            f"PostgreSQL is not installed below {INSTALLED}; run: tools/setup.sh bench"
        )
    return max(folders, key=lambda folder: int(folder.parent.name))


def read_seconds(text: str) -> float:
    """The time that a run of pgbench really took, from what it printed."""
    count = re.search(r"^number of transactions actually processed: (\d+)", text, re.MULTILINE)
    rate = re.search(r"^tps = ([\d.]+)", text, re.MULTILINE)
    if count is None or rate is None or float(rate.group(1)) <= 0:
        raise BenchError(f"pgbench printed no figures:\n{text}")
    failed = re.search(r"^number of failed transactions: (\d+)", text, re.MULTILINE)
    if failed is not None and int(failed.group(1)) > 0:
        raise BenchError(f"pgbench had failed transactions:\n{text}")
    return int(count.group(1)) / float(rate.group(1))


class Postgres:
    """A cluster of our own; nothing of one that the machine may run is touched."""

    def __init__(self, supervisor: Supervisor, folder: Path):
        self._supervisor = supervisor
        self._programs = programs()
        self._folder = folder / "postgres"
        self._folder.mkdir()
        data = self._folder / "data"
        as_user: List[str] = []
        if os.geteuid() == 0:
            entry = pwd.getpwnam(USER)
            os.chown(self._folder, entry.pw_uid, entry.pw_gid)
            # Giving up root makes the kernel forget whom to tell of our end: say it again.
            as_user = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]
        supervisor.run(
            as_user
            + [str(self._programs / "initdb"), "-D", str(data), "-U", USER]
            + ["--auth=trust", "--encoding=UTF8", "--locale=C"],
            seconds_max=120,
        )
        if as_user:
            as_user += ["--pdeathsig", "QUIT"]
        self._process = supervisor.start(
            "postgres",
            as_user
            + [str(self._programs / "postgres"), "-D", str(data)]
            + ["-c", "listen_addresses=", "-c", f"unix_socket_directories={self._folder}"],
            # A fast shutdown, then an immediate one.
            stop_signals=(signal.SIGINT, signal.SIGQUIT),
            death_signal=signal.SIGQUIT,
            cwd=self._folder,
        )
        self._wait_until_ready()
        self.version = self._query("show server_version").split()[0]

    def durability(self) -> Dict[str, str]:
        """The settings that decide what is on the disk when a commit is answered."""
        names = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
        return {name: self._query(f"show {name}") for name in names}

    def reservations_per_second(self, scheme: Scheme, seconds: int) -> float:
        """Runs a scheme on new tables; counts the reservations that are there afterwards."""
        seats = scheme.seats_for(seconds)
        self._psql("-v", f"seats={seats}", "-f", str(SCRIPTS / f"{scheme.name}.setup.sql"))
        command = [str(self._programs / "pgbench")] + self._connection()
        command += ["-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS)]
        command += ["-T", str(seconds), "-D", f"seats={seats}"]
        command += ["-f", str(SCRIPTS / f"{scheme.name}.sql"), USER]
        text, _ = self._supervisor.run(command, seconds_max=seconds + 120)
        made = self._psql("-f", str(SCRIPTS / f"{scheme.name}.check.sql")).split("|")
        reservations, places = int(made[0]), int(made[1])
        if reservations != places:
            raise VerificationError(
                f"PostgreSQL, {scheme.name}: {reservations} reservations of {places} places"
            )
        # Buyers look from the first nine tenths of the seats on; when few are left, many find none.
        if scheme.seats_per_second > 0 and reservations > seats / 2:
            raise BenchError(
                f"PostgreSQL, {scheme.name}: half of {seats} seats are sold; it needs more"
            )
        return reservations / read_seconds(text)

    def _connection(self) -> List[str]:
        return ["-h", str(self._folder), "-U", USER]

    def _psql(self, *arguments: str) -> str:
        command = [str(self._programs / "psql")] + self._connection()
        command += ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", USER, *arguments]
        text, _ = self._supervisor.run(command, seconds_max=300)
        return text.strip()

    def _query(self, sql: str) -> str:
        return self._psql("-c", sql)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self._query("select 1")
                return
            except BenchError:
                if not self._process.is_running():
                    raise self._process.failure("ended before it was ready") from None
                if time.monotonic() > deadline:
                    raise self._process.failure("was not ready in time") from None
            time.sleep(0.1)
