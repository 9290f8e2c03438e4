"""Best available for a party of four, inside the engine: the worst of several kinds of house."""

from bench.suite.benches.micro import run_micro
from bench.suite.run import Run

PARTY = 4


def run(run: Run) -> None:
    for _ in run.repetitions():
        rounds = str(run.options.sizes.best_available_rounds)
        houses = run_micro(run, "cavea_micro_best_available", rounds)
        run.raw.setdefault("best available", []).append(houses)
        for seats in (2_500, 50_000):
            worst = max(
                house["p99_us"]
                for house in houses
                if house["seats"] == seats and house["party"] == PARTY
            )
            run.measurements.add(f"best_available_p99_ms_{seats}", worst / 1_000)
