#!/usr/bin/env python3
"""hostile_peer.py ATTACK HOST:PORT: a peer that means harm, for the integration tests.

Exits with 0 once the server has ended every connection that it must not keep, and 1 with a reason if it
kept one for longer than TIMEOUT_SECONDS.
"""

import random
import socket
import struct
import sys
import time

TIMEOUT_SECONDS = 20
CONNECTIONS = 16


def header(payload: int, body: int, stream: int = 0, head: int = 0, kind: int = 1) -> bytes:
    """The 16 bytes before a payload, see Shared/Wire/PROTOCOL.md."""
    return struct.pack("<IIIHBB", payload, body, stream, head, kind, 0)


def content(attack: str) -> bytes:
    """What is sent before falling silent."""
    return {
        "garbage": random.Random(7).randbytes(65536),
        "half-frame": header(1000, 0, head=1000) + b"\x08\x01",
        "giant-length": header(0xFFFFFFFF, 0xFFFFFFFF) + b"x" * 4096,
        "giant-body": header(64, 0x7FFFFFFF, stream=1) + b"x" * 64,
        "silence": b"",
    }[attack]


def is_ended(peer: socket.socket, deadline: float) -> bool:
    """Whether the server closes the connection in time, whatever it says before."""
    while (left := deadline - time.monotonic()) > 0:
        peer.settimeout(left)
        try:
            if not peer.recv(65536):
                return True
        except TimeoutError:
            return False
        except OSError:
            return True
    return False


def main() -> int:
    """Attacks over several connections at once, then waits for the end of each."""
    attack, address = sys.argv[1:]
    host, port = address.rsplit(":", 1)
    peers = [socket.create_connection((host, int(port)), 5) for _ in range(CONNECTIONS)]
    for peer in peers:
        try:
            peer.sendall(content(attack))
        except OSError:
            pass  # The server was faster.
    deadline = time.monotonic() + TIMEOUT_SECONDS
    kept = sum(not is_ended(peer, deadline) for peer in peers)
    if kept:
        print(f"{kept} of {CONNECTIONS} connections were kept", file=sys.stderr)
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
