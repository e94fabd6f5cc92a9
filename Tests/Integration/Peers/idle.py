#!/usr/bin/env python3
"""idle.py HOST:PORT KEY-FILE COUNT: holds COUNT connections that are signed in and ask for nothing.

Each has sent and been sent as large a frame as it can without a call, and nothing more since. Says `ready`
when all are there. When its input ends, every one of them must still answer a ping and then
a call; exits with 0 if they do.
"""

import pathlib
import resource
import sys

from wire import CALL, LAST, OK, frame, signed_in

METHOD = "inference.GRPCInferenceService/ServerLive"
PING_BYTES_MAX = 65535


def main() -> int:
    """One after the other; nothing here is in a hurry."""
    address, key_file, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    key = pathlib.Path(key_file).read_bytes().strip()
    peers = [signed_in(address, key) for _ in range(count)]
    for peer in peers:
        peer.ping(PING_BYTES_MAX)
    print("ready", flush=True)
    sys.stdin.read()
    for peer in peers:
        peer.ping()
        stream, head = peer.call(METHOD)
        peer.send(frame(CALL, stream, head, flags=LAST))
        if (code := peer.status(stream)) != OK:
            print(f"a call after idling ended with {code}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
