"""Starts the servers that speak HTTP: a Cavea node, and a Beast server with a constant answer."""

import http.client
import json
import random
import re
import shutil
import signal
import socket
import time
from pathlib import Path
from typing import Any, Dict, Optional

from bench.suite.errors import BenchError
from bench.suite.processes import START_SECONDS_MAX, Process, Supervisor

# How often a starting node is asked whether it is ready: the resolution of a start's time.
READY_POLL_SECONDS = 0.005
# The constant server has as many threads as the machine of our figures has cores.
CONSTANT_THREADS = 2


def free_port() -> int:
    """A port of the loopback that nobody listens on. It is below those that the system gives to
    connections, so that none of the load generator's takes it while the node restarts."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise BenchError("no free port was found")


def last_number(line: str) -> int:
    """The port at the end of a line like "listening on http://127.0.0.1:4711"."""
    numbers = re.findall(r"\d+", line)
    if not numbers:
        raise BenchError(f"no port in: {line}")
    return int(numbers[-1])


class ConstantServer:
    """Answers every request with the same bytes: what HTTP itself costs here."""

    def __init__(self, binary: Path, supervisor: Supervisor):
        self._process = supervisor.start(
            "constant", [str(binary), "--port", "0", "--threads", str(CONSTANT_THREADS)]
        )
        self.url = f"http://127.0.0.1:{last_number(self._process.wait_for_line(''))}"


class PaymentSimulator:
    """A payment provider whose customers pay by themselves, so long after they were asked to."""

    def __init__(
        self, binary: Path, supervisor: Supervisor, folder: Path, customers_pay_ms: int
    ):
        self.key_file = folder / "payment.key"
        self.key_file.write_text("sk_test_cavea\n")
        self.notices_file = folder / "payment.notices"
        self.notices_file.write_text("whsec_cavea\n")
        # The node that it tells is started afterwards.
        self.node_port = free_port()
        self._supervisor = supervisor
        notices = f"http://127.0.0.1:{self.node_port}/v1/payments/notices"
        self._process = supervisor.start(
            "payment-simulator",
            [str(binary), "payment-simulator", "--port", "0", "--webhook-url", notices],
        )
        self._port = last_number(self._process.wait_for_line("listening on"))
        self.url = f"http://127.0.0.1:{self._port}"
        self._ask("POST", "/simulator/behaviour", json.dumps({"customers_pay_ms": customers_pay_ms}))

    def statistics(self) -> Dict[str, Any]:
        return json.loads(self._ask("GET", "/simulator/statistics"))

    def stop(self) -> None:
        self._process.stop()
        self._supervisor.forget(self._process)

    def _ask(self, method: str, path: str, body: Optional[str] = None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status != 200:
                raise BenchError(f"payment simulator: {method} {path}: {answer.status}: {text}")
            return text
        finally:
            connection.close()


class Node:
    """A Cavea node with a data folder of its own, at its defaults."""

    def __init__(
        self,
        binary: Path,
        supervisor: Supervisor,
        folder: Path,
        passivate_after_seconds: Optional[int] = None,
        simulator: Optional[PaymentSimulator] = None,
    ):
        self._binary = binary
        self._supervisor = supervisor
        self._options = ["--log-level", "warning"]
        if passivate_after_seconds is not None:
            self.passivate_after(passivate_after_seconds)
        if simulator is not None:
            self._options += ["--payment-url", simulator.url]
            self._options += ["--payment-key-file", str(simulator.key_file)]
            self._options += ["--payment-notice-secret-file", str(simulator.notices_file)]
        self.data = folder
        self.port = simulator.node_port if simulator else free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: Optional[Process] = None
        self.ready_seconds = self.start()

    @property
    def token_key(self) -> Path:
        return self.data / "token.key"

    def passivate_after(self, seconds: int) -> None:
        """From the next start on."""
        self._options = ["--log-level", "warning", "--passivate-after-seconds", str(seconds)]

    def start(self) -> float:
        """Starts it and returns the seconds from exec to the first answer 200 of /readyz."""
        command = [str(self._binary), "serve", "--data", str(self.data), "--port", str(self.port)]
        self._process = self._supervisor.start("cavea", command + self._options)
        deadline = self._process.started_at + START_SECONDS_MAX
        while not self._is_ready():
            if not self._process.is_running():
                raise self._process.failure("ended before it was ready")
            if time.monotonic() > deadline:
                raise self._process.failure(f"was not ready within {START_SECONDS_MAX:g} s")
            time.sleep(READY_POLL_SECONDS)
        return time.monotonic() - self._process.started_at

    def stop(self) -> None:
        """SIGTERM; anything but a clean end is a failure."""
        code = self._running().stop()
        if code != 0:
            raise self._running().failure(f"ended with exit code {code} after SIGTERM")
        self._forget()

    def kill(self) -> None:
        """SIGKILL."""
        self._running().signal(signal.SIGKILL)
        self._running().kill()
        self._forget()

    def remove(self) -> None:
        """Stops it and deletes its data."""
        self.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def resident_bytes(self) -> int:
        return proc_value(self._running().pid, "status", "VmRSS") * 1024

    def written_bytes(self) -> int:
        """What the node has caused to be written to the disk since it was started."""
        return proc_value(self._running().pid, "io", "write_bytes")

    def metrics(self) -> Dict[str, float]:
        """The samples of /metrics, by name with labels."""
        return read_metrics(self._get("/metrics")[1])

    def _is_ready(self) -> bool:
        try:
            return self._get("/readyz")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def _get(self, path: str):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def _running(self) -> Process:
        assert self._process is not None
        return self._process

    def _forget(self) -> None:
        self._supervisor.forget(self._running())


def proc_value(pid: int, file: str, name: str) -> int:
    """A number from /proc/PID/status or /proc/PID/io."""
    text = Path(f"/proc/{pid}/{file}").read_text()
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    if found is None:
        raise BenchError(f"/proc/{pid}/{file} has no {name}")
    return int(found.group(1))


def read_metrics(text: str) -> Dict[str, float]:
    """The samples of Prometheus' text format."""
    samples = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.rpartition(" ")
            samples[name] = float(value)
    return samples
