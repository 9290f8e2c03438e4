"""The folder in which a run keeps everything, and the signals that end a run."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)


class Scratch:
    """A new folder below TMPDIR (default /var/tmp: the disk that data of a node normally is on),
    removed when the block is left."""

    def __init__(self, keep: bool = False):
        self._keep = keep

    def __enter__(self) -> Path:
        base = os.environ.get("TMPDIR") or "/var/tmp"
        self.path = Path(tempfile.mkdtemp(prefix="cavea-bench.", dir=base))
        # A server that gives up root must be able to reach its own folder in it.
        self.path.chmod(0o711)
        return self.path

    def __exit__(self, *_: object) -> None:
        if self._keep:
            print(f"Kept: {self.path}", file=sys.stderr)
            return
        ignore_signals()
        shutil.rmtree(self.path, ignore_errors=True)


def ignore_signals() -> None:
    """For the clean-up at the end, which an impatient second signal must not interrupt."""
    for number in SIGNALS:
        # SIG_IGN would make Python raise an error for a signal that has just come.
        signal.signal(number, lambda *_: None)


def _end(number: int, _frame: object) -> None:
    ignore_signals()
    raise SystemExit(128 + number)


def end_cleanly_on_signals() -> None:
    """From now on a signal leaves all blocks of the main thread, so that their clean-up is done."""
    for number in SIGNALS:
        signal.signal(number, _end)
