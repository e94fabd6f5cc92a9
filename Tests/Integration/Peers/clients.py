#!/usr/bin/env python3
"""clients.py HOST:PORT KEY-FILE MODEL ATTACK: what the holder of a key can send to a gateway.

  bombs        bodies that inflate beyond what they say, or not at all; costs the call only
  nesting      messages in messages, and more of them than memory is worth
  full         messages of 64 MiB that come as a few bytes
  unfinished   calls that never end, as many as a connection may have; says `ready`, and holds them until
               its input ends
  parts        the same with the most bytes that a connection may leave unfinished, over several
               connections to the gateway itself

Each goes to a method of the gateway itself and to those that it passes on to the registry and a worker.
Exits with 0 if every call ended as PROTOCOL.md says and its connection went on.
"""

import pathlib
import sys

from wire import (
    CALL, COMPRESSED, FRAME_BYTES_MAX, INVALID_ARGUMENT, LAST, MESSAGE, MORE, RESOURCE_EXHAUSTED,
    Peer, field, frame, signed_in, zstd, zstd_claiming,
)  # fmt: skip

GATEWAY = "slipway.gateway.v1.Gateway/WhoAmI"
REGISTRY = "slipway.registry.v1.Registry/GetModel"
WORKER = "inference.GRPCInferenceService/ModelInfer"
MESSAGE_BYTES_MAX = 64 << 20
UNFINISHED_BYTES_MAX = 128 << 20
CALLS_MAX = 4096
BOMB_BYTES = 64 << 20


def bombs() -> dict[str, tuple[bytes, int]]:
    """Body and the length that its frame says."""
    zeros = bytes(BOMB_BYTES)
    bomb = zstd(zeros)
    inner = zstd(bytes(FRAME_BYTES_MAX))
    return {
        "says little": (bomb, 100),
        "says what fits": (bomb, FRAME_BYTES_MAX),
        "says nothing itself": (zstd(zeros, says_size=False), FRAME_BYTES_MAX),
        "lies itself": (zstd_claiming(zeros, FRAME_BYTES_MAX), FRAME_BYTES_MAX),
        "is two": (inner + inner, FRAME_BYTES_MAX),
        "is in another": (zstd(zstd(bomb)), len(zstd(bomb))),
        "is none": (bytes(64), FRAME_BYTES_MAX),
    }


def nestings() -> dict[str, bytes]:
    """Bodies, of which most are no message of their method."""
    lengths = b""
    while len(lengths) < 60_000:
        lengths = field(5, lengths)
    return {
        "fields in fields": lengths,
        "groups without end": b"\x2b" * (FRAME_BYTES_MAX - 64),
        "groups in groups": b"\x7b" * (FRAME_BYTES_MAX // 2 - 64) + b"\x7c" * (FRAME_BYTES_MAX // 2 - 64),
        "empty messages": b"\x2a\x00" * (FRAME_BYTES_MAX // 2 - 64),
        "empty texts": b"\x0a\x00" * (FRAME_BYTES_MAX // 2 - 64),
    }


def one(peer: Peer, method: str, model: str, body: bytes, says: int | None) -> int:
    """The code that ends a call of one frame; its connection must go on."""
    stream, head = peer.call(method, model)
    flags = LAST if says is None else LAST | COMPRESSED
    peer.send(frame(CALL, stream, head, body, flags, says))
    code = peer.status(stream)
    peer.ping()
    return code


def begin(peer: Peer, method: str, model: str, parts: int) -> int:
    """A request of that many mebibytes that is not whole; each is some 60 bytes on the wire."""
    full = zstd(bytes(FRAME_BYTES_MAX))
    stream, head = peer.call(method, model)
    frames = frame(CALL, stream, head, full, COMPRESSED | MORE, FRAME_BYTES_MAX)
    part = frame(MESSAGE, stream, b"", full, COMPRESSED | MORE, FRAME_BYTES_MAX)
    peer.send(frames + part * (parts - 1))
    return stream


def attack(peer: Peer, method: str, model: str, name: str) -> list[str]:
    """What was taken differently than it must be."""
    faults = []
    if name == "bombs":
        for kind, (body, says) in bombs().items():
            if (code := one(peer, method, model, body, says)) != INVALID_ARGUMENT:
                faults.append(f"a bomb that {kind}: {code}")
    elif name == "nesting":
        for body in nestings().values():
            # Unknown fields are ignored, so that some of it is a message: what counts is who answers.
            one(peer, method, model, body, None)
            one(peer, method, model, zstd(body), len(body))
    elif name == "full":
        stream = begin(peer, method, model, (MESSAGE_BYTES_MAX // FRAME_BYTES_MAX) + 1)
        if (code := peer.status(stream)) != RESOURCE_EXHAUSTED:
            faults.append(f"a message over 64 MiB: {code}")
        peer.ping()
    return faults


def hold(peers: list[Peer], methods: list[str], model: str, name: str) -> list[str]:
    """Leaves requests unfinished until the input ends."""
    faults = []
    for peer, method in zip(peers, methods):
        if name == "unfinished":
            for _ in range(CALLS_MAX):
                stream, head = peer.call(method, model)
                peer.send(frame(CALL, stream, head, flags=MORE))
        else:
            for _ in range(3):
                begin(peer, method, model, (UNFINISHED_BYTES_MAX // FRAME_BYTES_MAX - 4) // 3)
        peer.ping()
        if name == "unfinished":
            stream, head = peer.call(method, model)
            peer.send(frame(CALL, stream, head, flags=MORE))
            if (code := peer.status(stream)) != RESOURCE_EXHAUSTED:
                faults.append(f"one call too many to {method}: {code}")
    print("ready", flush=True)
    sys.stdin.read()
    for peer in peers:
        peer.ping()
    return faults


def main() -> int:
    """One connection for each method."""
    address, key_file, model, name = sys.argv[1:]
    key = pathlib.Path(key_file).read_bytes().strip()
    methods = [GATEWAY, REGISTRY, WORKER] + [GATEWAY] * (7 if name == "parts" else 0)
    peers = [signed_in(address, key) for _ in methods]
    if name in ("unfinished", "parts"):
        faults = hold(peers, methods, model, name)
    else:
        faults = [
            f"{fault} ({method})"
            for peer, method in zip(peers, methods)
            for fault in attack(peer, method, model, name)
        ]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
