#!/usr/bin/env python3
"""strangers.py HOST:PORT: everything that a peer without a key can do to a port, all at once.

Exits with 0 once the server has ended every connection as PROTOCOL.md says, else with 1 and a line for
each attack that it took differently.
"""

import concurrent.futures
import random
import struct
import sys

from wire import (
    COMPRESSED, DEADLINE_EXCEEDED, FAILED_PRECONDITION, HELLO, INVALID_ARGUMENT, PREFACE, PROOF,
    UNAUTHENTICATED, WELCOME, Ended, Peer, field, frame, hello, zstd, zstd_claiming,
)  # fmt: skip

CONNECTIONS = 8
# Enough to matter if it were inflated, little to make.
BOMB_BYTES = 64 << 20


def header(payload: int, body: int, stream: int = 0, head: int = 0, kind: int = 1) -> bytes:
    """A header that may lie."""
    return struct.pack("<IIIHBB", payload, body, stream, head, kind, 0)


def nested(size: int) -> bytes:
    """A field in a field in a field, so many bytes of them."""
    content = b""
    while len(content) < size:
        content = field(15, content)
    return content


BOMB = zstd(bytes(BOMB_BYTES))
KEY = field(2, b"slip_live_000000000000_0000000000000000000000000000000_000000")
# Bytes before silence, and the codes with which the server may end it.
BYTES = {
    "garbage": (random.Random(7).randbytes(65536), {INVALID_ARGUMENT}),
    "half a preface": (PREFACE[:3], {DEADLINE_EXCEEDED}),
    "half a frame": (PREFACE + header(1000, 0, head=1000, kind=HELLO) + b"\x08", {DEADLINE_EXCEEDED}),
    "a giant length": (PREFACE + header(0xFFFFFFFF, 0xFFFFFFFF) + bytes(4096), {INVALID_ARGUMENT}),
    "a giant body": (PREFACE + header(64, 0x7FFFFFFF, stream=1) + bytes(64), {INVALID_ARGUMENT}),
    "silence": (b"", {DEADLINE_EXCEEDED}),
    "a call before hello": (PREFACE + frame(1, 1), {FAILED_PRECONDITION}),
    "a bomb for a hello": (
        PREFACE + frame(HELLO, body=BOMB, flags=COMPRESSED, inflated=BOMB_BYTES), {INVALID_ARGUMENT},
    ),
    "a small bomb for a hello": (
        PREFACE + frame(HELLO, body=BOMB, flags=COMPRESSED, inflated=100), {FAILED_PRECONDITION},
    ),
    "a compressed hello": (
        PREFACE + frame(HELLO, body=zstd(hello()), flags=COMPRESSED, inflated=len(hello())),
        {FAILED_PRECONDITION},
    ),
    "groups without end": (PREFACE + frame(HELLO, head=b"\x7b" * 65000), {INVALID_ARGUMENT}),
    "as many fields as fit": (
        PREFACE + frame(HELLO, head=field(15, b"") * 32000), {FAILED_PRECONDITION}
    ),
    "fields in fields": (PREFACE + frame(HELLO, head=nested(60000)), {FAILED_PRECONDITION}),
}  # fmt: skip
# Heads and bodies of a proof, sent after a welcome.
PROOFS = {
    "a wrong key": frame(PROOF, head=KEY),
    "a compressed key": frame(PROOF, body=zstd(KEY), flags=COMPRESSED, inflated=len(KEY)),
    "a compressed key that lies": frame(
        PROOF, body=zstd_claiming(bytes(60000), 600), flags=COMPRESSED, inflated=600
    ),
    "a key of 60 kB": frame(PROOF, head=field(2, b"slip_live_" + b"a" * 60000)),
    "60 keys of 1 kB": frame(PROOF, head=field(2, b"slip_" * 200) * 60),
    "a service's role without its key": frame(PROOF, head=field(1, bytes(64))),
}


def send_bytes(address: str, name: str) -> str | None:
    """What the server did wrong with it, or nothing."""
    content, codes = BYTES[name]
    peer = Peer(address)
    peer.send(content)
    code = peer.until_ended()
    # A server that has bytes of ours unread resets, and its go-away may be lost. On a busy machine the
    # handshake's time may be over first.
    if code in codes | {None, DEADLINE_EXCEEDED}:
        return None
    return f"{name}: ended with {code}, not {codes}"


def send_proof(address: str, name: str) -> str | None:
    """The same, after a hello that holds."""
    peer = Peer(address)
    role = b"gateway" if "role" in name else b"client"
    peer.send(PREFACE + frame(HELLO, head=hello(role)))
    try:
        peer.expect(WELCOME)
        peer.send(PROOFS[name])
        code = peer.until_ended()
    except Ended as ended:
        code = ended.code
    return None if code in (UNAUTHENTICATED, DEADLINE_EXCEEDED) else f"{name}: ended with {code}"


def main() -> int:
    """Attacks at once, each over several connections."""
    address = sys.argv[1]
    with concurrent.futures.ThreadPoolExecutor(CONNECTIONS * (len(BYTES) + len(PROOFS))) as pool:
        attacks = [pool.submit(send_bytes, address, name) for name in BYTES for _ in range(CONNECTIONS)]
        attacks += [pool.submit(send_proof, address, name) for name in PROOFS for _ in range(CONNECTIONS)]
        faults = {fault for attack in attacks if (fault := attack.result())}
    for fault in sorted(faults):
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
