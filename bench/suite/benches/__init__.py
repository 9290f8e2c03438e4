"""One module a bench; each has `run(run)`. The order is that of `./dev bench all`."""

from types import ModuleType
from typing import Dict

from bench.suite.benches import best_available, hot, memory, restart, rush, saga, spread

BENCHES: Dict[str, ModuleType] = {
    "hot": hot,
    "spread": spread,
    "rush": rush,
    "saga": saga,
    "restart": restart,
    "best-available": best_available,
    "memory": memory,
}
