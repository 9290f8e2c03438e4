"""Throughput over the number of connections, for the report."""

from bench.suite.http_servers import ConstantServer, Node
from bench.suite.run import Run

CONNECTIONS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
CONNECTIONS_QUICK = (1, 64)


def sweep_connections(run: Run, node: Node, constant: ConstantServer) -> None:
    run.say("  throughput over connections")
    points = run.raw["sweep"] = []
    for connections in CONNECTIONS_QUICK if run.options.is_quick else CONNECTIONS:
        hot = run.load(
            f"sweep {connections}",
            node,
            "hot",
            connections=connections,
            seconds=run.options.seconds,
            warm_up=run.options.warm_up,
        )
        answers = run.load_constant(f"sweep constant {connections}", constant, connections)
        points.append(
            {
                "connections": connections,
                "hot": hot.per_second,
                "constant": answers.per_second,
                "p50_ms": hot.latency_ms["p50"],
                "p99_ms": hot.latency_ms["p99"],
            }
        )
