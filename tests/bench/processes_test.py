import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from bench.suite.errors import BenchError
from bench.suite.processes import Supervisor

# A server that says its pid and sleeps; with "stubborn" it does not listen to SIGTERM.
SERVER = """
import os, signal, sys, time
if "stubborn" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("listening on", os.getpid(), flush=True)
while True: time.sleep(60)
"""

# A suite that starts two servers in a scratch folder and waits to be ended.
SUITE = f"""
import sys, time
from bench.suite.processes import Supervisor
from bench.suite.scratch import Scratch, end_cleanly_on_signals
end_cleanly_on_signals()
with Scratch() as folder, Supervisor(folder) as supervisor:
    for name in ("one", "two"):
        server = supervisor.start(name, [sys.executable, "-c", {SERVER!r}])
        print(server.wait_for_line("listening").split()[-1], flush=True)
    if "fail" in sys.argv: raise RuntimeError("as asked")
    print(folder, flush=True)
    while True: time.sleep(60)
"""


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A zombie has ended, whoever has yet to notice.
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def wait_until_gone(pid: int) -> bool:
    deadline = time.monotonic() + 20
    while is_alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


class Supervision(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)

    def start(self, supervisor: Supervisor, *arguments: str, **options):
        server = supervisor.start("server", [sys.executable, "-c", SERVER, *arguments], **options)
        server.wait_for_line("listening")
        return server

    def test_leaving_the_block_stops_what_was_started(self):
        with Supervisor(self.folder) as supervisor:
            pid = self.start(supervisor).pid
            self.assertTrue(is_alive(pid))
        self.assertFalse(is_alive(pid))

    def test_an_error_in_the_block_stops_what_was_started(self):
        with self.assertRaises(RuntimeError), Supervisor(self.folder) as supervisor:
            pid = self.start(supervisor).pid
            raise RuntimeError
        self.assertFalse(is_alive(pid))

    def test_who_does_not_listen_to_one_signal_gets_the_next(self):
        with Supervisor(self.folder) as supervisor:
            server = self.start(supervisor, "stubborn", stop_signals=(signal.SIGINT,))
            self.assertNotEqual(server.stop(), 0)
            self.assertFalse(server.is_running())

    def test_a_server_that_ends_at_once_is_an_error_with_the_end_of_its_log(self):
        script = "import sys; print('no port left', file=sys.stderr); sys.exit(71)"
        with Supervisor(self.folder) as supervisor:
            server = supervisor.start("server", [sys.executable, "-c", script])
            with self.assertRaisesRegex(BenchError, r"(?s)exit code 71.*no port left"):
                server.wait_for_line("listening")

    def test_a_server_that_says_nothing_is_an_error(self):
        with Supervisor(self.folder) as supervisor:
            server = self.start(supervisor)
            with self.assertRaisesRegex(BenchError, "did not say 'ready'"):
                server.wait_for_line("ready", seconds=0.05)

    def test_a_program_that_is_not_there_is_an_error(self):
        with Supervisor(self.folder) as supervisor:
            with self.assertRaisesRegex(BenchError, "cannot be started"):
                supervisor.start("server", [str(self.folder / "nothing")])
            with self.assertRaisesRegex(BenchError, "cannot be started"):
                supervisor.run([str(self.folder / "nothing")], 1)

    def test_a_program_that_fails_is_an_error_unless_its_code_is_allowed(self):
        command = [sys.executable, "-c", "import sys; print('out'); sys.exit(3)"]
        supervisor = Supervisor(self.folder)
        with self.assertRaisesRegex(BenchError, "exit code 3"):
            supervisor.run(command, 60)
        self.assertEqual(supervisor.run(command, 60, allowed_codes=(3,)), ("out\n", 3))

    def test_a_program_that_does_not_end_is_ended(self):
        with self.assertRaisesRegex(BenchError, "did not end within"):
            Supervisor(self.folder).run([sys.executable, "-c", SERVER], 0.5)


class TheWholeSuite(unittest.TestCase):
    def run_suite(self, *arguments: str):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.base = Path(temporary.name)
        suite = subprocess.Popen(
            [sys.executable, "-B", "-c", SUITE, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "TMPDIR": temporary.name},
        )
        self.addCleanup(suite.stdout.close)
        self.addCleanup(suite.wait)
        self.addCleanup(suite.kill)
        return suite, [int(suite.stdout.readline()) for _ in range(2)]

    def expect_nothing_left(self, pids):
        for pid in pids:
            self.assertTrue(wait_until_gone(pid))

    def test_a_failure_leaves_neither_processes_nor_files(self):
        suite, pids = self.run_suite("fail")
        self.assertEqual(suite.wait(timeout=60), 1)
        self.expect_nothing_left(pids)
        self.assertEqual(list(self.base.iterdir()), [])

    def test_a_signal_leaves_neither_processes_nor_files(self):
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            suite, pids = self.run_suite()
            self.assertTrue(Path(suite.stdout.readline().strip()).is_dir())
            suite.send_signal(number)
            self.assertEqual(suite.wait(timeout=60), 128 + number)
            self.expect_nothing_left(pids)
            self.assertEqual(list(self.base.iterdir()), [])

    def test_even_a_kill_leaves_no_processes(self):
        suite, pids = self.run_suite()
        suite.stdout.readline()
        suite.kill()
        suite.wait()
        self.expect_nothing_left(pids)


class Folders(unittest.TestCase):
    def test_the_scratch_folder_is_below_tmpdir_and_goes_away(self):
        with tempfile.TemporaryDirectory() as base:
            script = (
                "from bench.suite.scratch import Scratch\n"
                "with Scratch() as folder:\n"
                "    (folder / 'file').write_text('x')\n"
                "    print(folder)\n"
            )
            printed = subprocess.run(
                [sys.executable, "-B", "-c", script],
                env={**os.environ, "TMPDIR": base},
                capture_output=True,
                text=True,
                check=True,
            ).stdout.strip()
            self.assertEqual(Path(printed).parent, Path(base))
            self.assertFalse(Path(printed).exists())


if __name__ == "__main__":
    unittest.main()
