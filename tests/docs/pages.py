"""Runs the shell blocks of a page of docs/, in one shell, one after the other, and compares what each
prints with the text block behind it. Usage: pages.py CAVEA_PROGRAM PAGE"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import List, NamedTuple

DOCS = Path(__file__).resolve().parents[2] / "docs"
# A page with fewer is laid out in another way.
BLOCKS_MIN = 5
SECONDS_MAX = 100
# Between what two blocks print. No block prints it.
MARK = "-- end of block --"


class Block(NamedTuple):
    line: int
    commands: str
    expected: str


def blocks_of(page: str) -> List[Block]:
    """A text block belongs to the shell block right before it; without one, nothing is printed."""
    found = re.finditer(r"^```sh\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", page, re.M | re.S)
    return [Block(page[: m.start()].count("\n") + 1, m[1], m[2] or "") for m in found]


def free_ports(count: int) -> List[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def run(blocks: List[Block], program: Path, folder: str) -> subprocess.CompletedProcess:
    script = "set -euo pipefail\n" + "".join(f"{b.commands}\necho '{MARK}'\n" for b in blocks)
    port, provider_port = free_ports(2)
    # Nothing that is set here may reach the programs in another way than through the page.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("CAVEA_")}
    environment.update(
        PATH=f"{program.parent}:{environment['PATH']}",
        port=str(port),
        provider_port=str(provider_port),
        no_proxy="*",
    )
    shell = subprocess.Popen(
        ["bash", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment,
        start_new_session=True,
    )
    try:
        output, errors = shell.communicate(timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        os.killpg(shell.pid, signal.SIGKILL)
        output, errors = shell.communicate()
        errors += f"\nit took longer than {SECONDS_MAX} s"
    finally:
        # What a page that failed half-way has left running.
        try:
            os.killpg(shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    return subprocess.CompletedProcess(shell.args, shell.returncode, output, errors)


def main(program: Path, page: Path) -> int:
    blocks = blocks_of(page.read_text())
    if len(blocks) < BLOCKS_MIN:
        print(f"{page} has only {len(blocks)} blocks; is it laid out in another way?")
        return 1
    with tempfile.TemporaryDirectory(prefix="cavea-page-") as folder:
        done = run(blocks, program, folder)
    printed = done.stdout.split(MARK + "\n")
    for block, text in zip(blocks, printed):
        if text != block.expected:
            print(f"{page}:{block.line} should print\n{block.expected}but prints\n{text}{done.stderr}")
            return 1
    if done.returncode != 0:
        print(f"exit code {done.returncode}\n{done.stderr}")
        return 1
    print(f"{len(blocks)} blocks")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), DOCS / sys.argv[2]))
