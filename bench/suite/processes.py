"""Starts processes and sees to it that none is left behind.

Each process is the leader of its own session, so Ctrl-C reaches the suite only, which then stops
them in the order of their need. They are stopped when the block of their `Supervisor` is left,
however that happens; the kernel stops them when the suite itself is killed.
"""

import ctypes
import os
import queue
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from bench.suite.errors import BenchError

# How long a process may take to end after a signal before the next one is sent.
STOP_SECONDS_MAX = 20.0
# How long a server may take to say that it listens.
START_SECONDS_MAX = 60.0
# What is shown of the output of a process that failed.
SHOWN_LINES_MAX = 30

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent(signal_number: int):
    """For the child, between fork and exec."""

    def prepare() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal_number)

    return prepare


def last_lines(file: Path) -> str:
    """The end of a log, for messages."""
    lines = file.read_text(errors="replace").splitlines()
    return "\n".join(lines[-SHOWN_LINES_MAX:])


class Process:
    """A server that runs until it is stopped. Its standard error goes to `log`.

    `stop_signals` ask it to end, one after the other; `death_signal` is what the kernel sends it
    when the suite is no more.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        stop_signals: Sequence[int] = (signal.SIGTERM,),
        death_signal: int = signal.SIGKILL,
        env: Optional[Dict[str, str]] = None,
        cwd: Optional[Path] = None,
    ):
        self.name = name
        self.log = log
        self._stop_signals = list(stop_signals)
        self._lines: "queue.Queue[Optional[str]]" = queue.Queue()
        self.started_at = time.monotonic()
        with open(log, "ab") as errors:
            try:
                self._popen = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=env,
                    cwd=cwd,
                    start_new_session=True,
                    preexec_fn=_die_with_parent(death_signal),
                )
            except OSError as error:
                raise BenchError(f"{name} cannot be started: {error}") from error
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def is_running(self) -> bool:
        return self._popen.poll() is None

    def wait_for_line(self, text: str, seconds: float = START_SECONDS_MAX) -> str:
        """The first line on standard output that contains `text`."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise self.failure(f"did not say '{text}' within {seconds:g} s") from None
            if line is None:
                raise self.failure(
                    f"ended (exit code {self._popen.wait()}) before it said '{text}'"
                )
            if text in line:
                return line

    def signal(self, number: int) -> None:
        """Sends a signal to the process itself; nothing when it has ended."""
        if self.is_running():
            self._popen.send_signal(number)

    def wait(self, seconds: float) -> Optional[int]:
        """The exit code, or nothing when it still runs after that time."""
        try:
            return self._popen.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            return None

    def stop(self) -> int:
        """Asks it to end, ever more firmly, and waits until it has; returns the exit code."""
        for number in self._stop_signals:
            self.signal(number)
            if self.wait(STOP_SECONDS_MAX) is not None:
                break
        self.kill()
        return self._popen.returncode

    def kill(self) -> None:
        """Ends it at once, with everything it has started in its session."""
        try:
            os.killpg(self._popen.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._popen.wait()
        self._reader.join(timeout=1)

    def failure(self, what: str) -> BenchError:
        shown = last_lines(self.log)
        return BenchError(
            f"{self.name} {what}" + (f"; its log ends with:\n{shown}" if shown else "")
        )

    def _read(self) -> None:
        stdout = self._popen.stdout
        assert stdout is not None
        with stdout:
            for line in stdout:
                self._lines.put(line.decode(errors="replace").rstrip("\n"))
        self._lines.put(None)


class Supervisor:
    """Keeps the processes that are started through it; stops them, newest first, when its block is
    left."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._processes: List[Process] = []

    def __enter__(self) -> "Supervisor":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop_all()

    def start(self, name: str, command: Sequence[str], **options) -> Process:
        process = Process(name, command, self._folder / f"{name}.log", **options)
        self._processes.append(process)
        return process

    def forget(self, process: Process) -> None:
        """For a process whose end was seen to already."""
        self._processes.remove(process)

    def stop_all(self) -> None:
        """Also stops the others when one of them cannot be stopped."""
        while self._processes:
            process = self._processes.pop()
            try:
                process.stop()
            except BaseException:
                process.kill()
                self.stop_all()
                raise

    def run(self, command: Sequence[str], seconds_max: float, allowed_codes: Sequence[int] = (0,)):
        """Runs a program to its end and returns its standard output and exit code."""
        name = Path(command[0]).name
        with open(self._folder / f"{name}.stdout", "w+b") as output, open(
            self._folder / f"{name}.stderr", "w+b"
        ) as errors:
            try:
                popen = subprocess.Popen(
                    list(command),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=errors,
                    start_new_session=True,
                    preexec_fn=_die_with_parent(signal.SIGKILL),
                )
            except OSError as error:
                raise BenchError(f"{name} cannot be started: {error}") from error
            try:
                code = popen.wait(timeout=seconds_max)
            except subprocess.TimeoutExpired:
                raise BenchError(
                    f"{name} did not end within {seconds_max:g} s: {' '.join(command)}"
                ) from None
            finally:
                if popen.poll() is None:
                    os.killpg(popen.pid, signal.SIGKILL)
                    popen.wait()
            output.seek(0)
            text = output.read().decode(errors="replace")
        if code not in allowed_codes:
            errors_text = last_lines(self._folder / f"{name}.stderr")
            raise BenchError(
                f"{name} failed (exit code {code}): {' '.join(command)}\n{errors_text}"
            )
        return text, code
