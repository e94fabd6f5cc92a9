"""Prints a port from which on the 20 that a suite may take are free, below those of outgoing connections."""

import random
import socket
import sys

PORTS = 20


def is_free(port: int) -> bool:
    """Whether something could listen here now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


for base in random.sample(range(12000, 32000, PORTS), 100):
    if all(is_free(port) for port in range(base, base + PORTS)):
        print(base)
        break
else:
    sys.exit("no 20 free ports in a row")
