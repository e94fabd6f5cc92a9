"""Real child processes: READY, RESULT, time limits, and that nothing is left behind."""

import os
import socket
import sys
import time
import unittest

from harness import process
from harness.cpu import cpu_seconds
from harness.places import BENCHMARKS
from harness.result import BrokenRun
from harness.tests.test_result import GOOD


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


class Children(unittest.TestCase):
    def test_a_server_is_ready_then_ended(self) -> None:
        code = "import time; print('READY 4711', flush=True); time.sleep(60)"
        with process.server(python(code), None) as (port, pid):
            self.assertEqual(port, 4711)
            self.assertTrue(alive(pid))
        self.assertFalse(alive(pid))

    def test_a_server_that_ignores_the_request_to_end_is_ended_all_the_same(self) -> None:
        code = ("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
                "print('READY 1', flush=True); time.sleep(60)")
        limit, process.STOP_SECONDS_MAX = process.STOP_SECONDS_MAX, 0.2
        try:
            with process.server(python(code), None) as (_, pid):
                pass
        finally:
            process.STOP_SECONDS_MAX = limit
        self.assertFalse(alive(pid))

    def test_a_server_that_says_something_else_is_refused(self) -> None:
        for code in ("print('hello')", "", "print('READY soon')"):
            with self.subTest(code), self.assertRaises(BrokenRun):
                with process.server(python(code), None):
                    pass

    def test_a_client_has_a_result_or_is_broken(self) -> None:
        self.assertEqual(process.client(python(f"print({GOOD!r})"), None, 60).calls, 1000)
        for code in ("raise SystemExit(1)", "print('nothing')"):
            with self.subTest(code), self.assertRaises(BrokenRun):
                process.client(python(code), None, 60)

    def test_a_client_that_does_not_end_is_ended(self) -> None:
        with self.assertRaisesRegex(BrokenRun, "still running after"):
            process.client(python("import time; time.sleep(3600)"), None, 0.3)

    def test_a_harness_that_is_asked_to_end_ends_its_children_first(self) -> None:
        code = (
            "import sys\nsys.path.insert(0, sys.argv[1])\n"
            "from harness import process\nprocess.end_on_signals()\n"
            "child = 'import time; print(\"READY 1\", flush=True); time.sleep(60)'\n"
            "try:\n  with process.server([sys.executable, '-c', child], None) as (_, pid):\n"
            "    print('READY', pid, flush=True)\n    import time; time.sleep(60)\n"
            "except process.Interrupted as end:\n  sys.exit(128 + end.number)")
        for number in process.END_SIGNALS:
            with self.subTest(number):
                running = process.start([*python(code), str(BENCHMARKS)])
                self.addCleanup(process.stop, running)
                assert running.stdout is not None
                pid = int(running.stdout.readline().split()[1])
                self.assertTrue(alive(pid))
                running.send_signal(number)
                self.assertEqual(running.wait(60), 128 + number)
                self.assertFalse(alive(pid))

    def test_neighbouring_ports_are_found_that_can_be_listened_on(self) -> None:
        base = process.free_ports(4)
        self.assertTrue(all(process._is_free(base + offset) for offset in range(4)))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", base))
            taken.listen()
            self.assertFalse(process._is_free(base))

    def test_a_pinned_child_sees_one_core(self) -> None:
        core = process.cores()[0]
        code = f"import os; assert os.sched_getaffinity(0) == {{{core}}}; print({GOOD!r})"
        process.client(python(code), core, 60)

    def test_cpu_of_another_process_grows_with_its_work(self) -> None:
        code = ("import time\nprint('READY 1', flush=True)\n"
                "while time.process_time() < 0.3: pass\ntime.sleep(60)")
        with process.server(python(code), None) as (_, pid):
            deadline = time.monotonic() + 60
            while cpu_seconds(pid) < 0.3 and time.monotonic() < deadline:
                time.sleep(0.01)
            self.assertGreaterEqual(cpu_seconds(pid), 0.3)
        self.assertEqual(cpu_seconds(pid), 0)


if __name__ == "__main__":
    unittest.main()
