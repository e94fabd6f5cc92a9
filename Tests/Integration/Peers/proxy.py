#!/usr/bin/env python3
"""proxy.py LISTEN-PORT HOST:PORT SEED ROUNDS: a network between two processes that fails on a schedule.

Says `ready` when it listens on 127.0.0.1. Then ROUNDS rounds of each fault, in an order and for times that SEED
gives, with quiet between them; then `over NUMBER`, the number of connections so far, and it only passes on what
comes until its input ends. The faults:

  delay       what comes goes on 20 to 120 ms later
  throttle    4 KiB at a time, every 20 ms
  cut         every connection ends after part of what it brings next: an orderly end within a frame
  reset       the same with a reset
  stall       nothing goes on for a while
  black-hole  nothing goes on any more, and nobody is told for 4 s; then what was there is reset
  refuse      new connections are reset, those that are there go on
"""

import random
import select
import socket
import struct
import sys
import threading
import time

READ_BYTES = 65536
FAULTS = ["delay", "throttle", "cut", "reset", "stall", "black-hole", "refuse"]


class Schedule:
    """Which fault there is now."""

    def __init__(self, seed: int, rounds: int):
        self._chance = random.Random(seed)
        self._rounds = rounds
        self.fault = ""
        self.connections = 0

    def run(self) -> None:
        """Every fault in each round."""
        for _ in range(self._rounds):
            for fault in self._chance.sample(FAULTS, len(FAULTS)):
                print(f"fault {fault}", flush=True)
                self.fault = fault
                time.sleep(4 if fault == "black-hole" else self._chance.uniform(0.3, 1.2))
                self.fault = ""
                time.sleep(self._chance.uniform(0.1, 0.5))
        print(f"over {self.connections}", flush=True)

    def chance(self) -> float:
        """Between 0 and 1."""
        return self._chance.random()


def end(ends: list[socket.socket], abruptly: bool) -> None:
    """Closes both sides."""
    for one in ends:
        try:
            if abruptly:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            else:
                one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()


def carry(client: socket.socket, target: tuple[str, int], schedule: Schedule) -> None:
    """One connection, both ways, until it ends."""
    try:
        server = socket.create_connection(target, 10)
    except OSError:
        return end([client], abruptly=True)
    ends = [client, server]
    for one in ends:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        while True:
            readable = select.select(ends, [], [], 0.05)[0]
            fault = schedule.fault
            if fault == "black-hole" and readable:
                # Not even an end goes on.
                while schedule.fault == fault:
                    time.sleep(0.05)
                return end(ends, abruptly=True)
            if fault == "stall":
                time.sleep(0.02)
                continue
            for one in readable:
                other = server if one is client else client
                content = one.recv(4096 if fault == "throttle" else READ_BYTES)
                if not content:
                    return end(ends, abruptly=False)
                if fault == "throttle":
                    time.sleep(0.02)
                elif fault == "delay":
                    time.sleep(0.02 + 0.1 * schedule.chance())
                elif fault in ("cut", "reset"):
                    other.sendall(content[: int(len(content) * schedule.chance())])
                    return end(ends, abruptly=fault == "reset")
                other.sendall(content)
    except OSError:
        end(ends, abruptly=True)


def main() -> int:
    """Listens, and follows the schedule."""
    port, (host, target_port) = int(sys.argv[1]), sys.argv[2].rsplit(":", 1)
    schedule = Schedule(int(sys.argv[3]), int(sys.argv[4]))
    listener = socket.create_server(("127.0.0.1", port), backlog=128)

    def accept() -> None:
        while True:
            client, _ = listener.accept()
            if schedule.fault == "refuse":
                end([client], abruptly=True)
                continue
            schedule.connections += 1
            arguments = (client, (host, int(target_port)), schedule)
            threading.Thread(target=carry, args=arguments, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print("ready", flush=True)
    if sys.stdin.readline():
        schedule.run()
    sys.stdin.read()
    return 0


if __name__ == "__main__":
    sys.exit(main())
