"""What all benches of a run share: options, programs, the scratch folder, what was measured."""

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional

from bench.suite.errors import BenchError
from bench.suite.figures import Measurements
from bench.suite.http_servers import ConstantServer, Node, PaymentSimulator
from bench.suite.load import LoadGenerator, LoadResult, check
from bench.suite.postgres import Postgres
from bench.suite.processes import Supervisor
from bench.suite.redis import Redis

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Sizes:
    """How much each bench does; `QUICK` only shows that everything works."""

    classes_spread: int = 1_000
    classes_restart: int = 10_000
    reservations_restart: int = 1_000_000
    classes_memory: int = 100_000
    classes_passivated: int = 10_000
    seats: int = 10_000
    buyers: int = 100_000
    best_available_rounds: int = 1_000
    write_seconds: int = 20
    passivate_seconds: int = 5


FULL = Sizes()
QUICK = Sizes(
    classes_spread=50,
    classes_restart=100,
    reservations_restart=5_000,
    classes_memory=500,
    classes_passivated=100,
    seats=500,
    buyers=2_000,
    best_available_rounds=100,
    write_seconds=2,
    passivate_seconds=1,
)


@dataclass(frozen=True)
class Options:
    repetitions: int = 3
    seconds: int = 5
    is_quick: bool = False
    is_report: bool = False
    build: Path = ROOT / "build" / "release"

    @property
    def sizes(self) -> Sizes:
        return QUICK if self.is_quick else FULL

    @property
    def warm_up(self) -> float:
        return 0.2 if self.is_quick else 1.0


@dataclass
class Run:
    """One run of the suite; the benches start what they need through `supervisor`."""

    options: Options
    folder: Path
    supervisor: Supervisor
    measurements: Measurements = field(default_factory=Measurements)
    # For the plots: what the load generator found out, by name of the measurement.
    raw: Dict[str, Any] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)
    _nodes: int = 0

    def binary(self, path: str) -> Path:
        file = self.options.build / path
        if not file.exists():
            raise BenchError(f"{file} is missing; ./dev bench builds it")
        return file

    def say(self, text: str) -> None:
        """Progress, on standard error: standard output is for results."""
        print(text, file=sys.stderr, flush=True)

    def repetitions(self) -> Iterator[int]:
        for repetition in range(1, self.options.repetitions + 1):
            self.say(f"  repetition {repetition} of {self.options.repetitions}")
            yield repetition

    def start_payment_simulator(self, customers_pay_ms: int) -> PaymentSimulator:
        return PaymentSimulator(
            self.binary("app/cavea"), self.supervisor, self.folder, customers_pay_ms
        )

    def start_node(
        self,
        passivate_after_seconds: Optional[int] = None,
        simulator: Optional[PaymentSimulator] = None,
    ) -> Node:
        """A node with new data."""
        self._nodes += 1
        data = self.folder / f"data-{self._nodes}"
        return Node(
            self.binary("app/cavea"), self.supervisor, data, passivate_after_seconds, simulator
        )

    def start_constant_server(self) -> ConstantServer:
        return ConstantServer(self.binary("bench/cavea-constant-server"), self.supervisor)

    def start_postgres(self) -> Postgres:
        return Postgres(self.supervisor, self.folder)

    def start_redis(self) -> Redis:
        return Redis(self.supervisor, self.folder)

    def load(self, name: str, node: Node, scenario: str, **options) -> LoadResult:
        """Runs the load generator against a node and keeps what the plots need."""
        result = self._generator().run(node.url, scenario, token_key=node.token_key, **options)
        self.measurements.count("verified", result.verified)
        self.measurements.count("reservations_lost", result.missing)
        self.measurements.count("seats_sold_twice", result.seats_sold_twice)
        check(result)
        self._keep(name, result)
        return result

    def load_constant(self, name: str, server: ConstantServer, connections: int) -> LoadResult:
        result = self._generator().run(
            server.url,
            "constant",
            connections=connections,
            seconds=self.options.seconds,
            warm_up=self.options.warm_up,
        )
        check(result)
        self._keep(name, result)
        return result

    def _generator(self) -> LoadGenerator:
        return LoadGenerator(self.binary("bench/cavea-bench"), self.supervisor, self.folder)

    def _keep(self, name: str, result: LoadResult) -> None:
        self.raw.setdefault(name, []).append(
            {
                "per_second": result.per_second,
                "latency_ms": result.latency_ms,
                "histogram": result.histogram,
                "timeline": result.timeline,
            }
        )
