"""What is compared of a process between two others, and of compression; and that the splice passes bytes."""

import os
import socket
import subprocess
import tempfile
import threading
import unittest
from dataclasses import replace
from pathlib import Path

from harness import namespaces
from harness.places import REFERENCES
from harness.result import Result, Shape, parse_result
from harness.tests.test_result import GOOD
from suites import compression, forward

RESULT = parse_result(GOOD)


class Comparisons(unittest.TestCase):
    def test_only_the_cpu_of_the_process_between_counts(self) -> None:
        def runs(between: float, p50: float) -> list[Result]:
            return [replace(RESULT, server_cpu_us_per_call_each=(between, 5000.0), p50_us=p50)] * 3

        shape = Shape("1mf", 1, 1)
        lines = {line.name: line for line in forward.comparisons(
            shape, {forward.GATEWAY: runs(650, 2000), forward.SPLICE: runs(500, 1000)})}
        self.assertEqual(lines["forward-cpu 1MiB-float32 1x1 vs raw-splice"].ratio, 1.3)
        self.assertEqual(lines["forward-p50 1MiB-float32 1x1 vs raw-splice"].ratio, 2)

    def test_compression_is_compared_with_none(self) -> None:
        def runs(rate: float) -> list[Result]:
            return [replace(RESULT, calls_per_second=rate)] * 3

        far = compression.comparisons(
            {compression.COMPRESSED: runs(30), compression.PLAIN: runs(10)}, place="1gbit",
            mine=compression.COMPRESSED)
        self.assertEqual([(line.name, line.ratio) for line in far], [
            ("throughput compressed 1gbit 64KiB-text 8x32 vs slipway-uncompressed", 3),
            ("cpu compressed 1gbit 64KiB-text 8x32 vs slipway-uncompressed", 1)])
        near = compression.comparisons(
            {compression.AUTOMATIC: runs(20), compression.PLAIN: runs(20),
             compression.COMPRESSED: runs(10)}, place="loopback", mine=compression.AUTOMATIC)
        self.assertEqual([line.ratio for line in near if "throughput" in line.name], [1, 2])


class Splice(unittest.TestCase):
    def test_all_bytes_pass_both_ways_however_slow_the_reader(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["make", "-C", str(REFERENCES / "rpc-splice"), f"OUT={folder}"],
                           check=True, capture_output=True)
            with socket.create_server(("127.0.0.1", 0)) as target:
                self.pass_through(Path(folder) / "proxy", target)

    def pass_through(self, proxy: Path, target: socket.socket) -> None:
        port = str(target.getsockname()[1])
        running = subprocess.Popen([str(proxy), "0", port], stdout=subprocess.PIPE, text=True)
        try:
            assert running.stdout is not None
            front = int(running.stdout.readline().split()[1])
            sent = os.urandom(8 << 20)
            with socket.create_connection(("127.0.0.1", front)) as near:
                writer = threading.Thread(target=near.sendall, args=(sent,))
                writer.start()
                far, _ = target.accept()
                with far:
                    self.assertEqual(self.read(far, len(sent)), sent)
                    writer.join()
                    back = threading.Thread(target=far.sendall, args=(sent[::-1],))
                    back.start()
                    self.assertEqual(self.read(near, len(sent)), sent[::-1])
                    back.join()
        finally:
            running.kill()
            running.communicate()

    def read(self, source: socket.socket, count: int) -> bytes:
        parts = []
        while count:
            part = source.recv(min(count, 10_000))
            self.assertTrue(part)
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


@unittest.skipIf(namespaces.missing() is not None, f"skipped: {namespaces.missing()}")
class Namespaces(unittest.TestCase):
    def test_a_link_is_shaped_and_gone_afterwards(self) -> None:
        with namespaces.shaped("1gbit") as link:
            shown = subprocess.run(["tc", "-n", link.server, "qdisc", "show", "dev", "near"],
                                   capture_output=True, text=True, check=True).stdout
            self.assertIn("rate 1Gbit", shown)
            reached = subprocess.run(
                link.on_client(["python3", "-c", "import socket, sys\n"
                                "s = socket.socket()\n"
                                f"sys.exit(s.connect_ex(('{link.address}', 9)) != 111)"]),
                capture_output=True, check=False)
            self.assertEqual(reached.returncode, 0)
        left = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True)
        self.assertNotIn(link.server, left.stdout)
        self.assertNotIn(link.client, left.stdout)


if __name__ == "__main__":
    unittest.main()
