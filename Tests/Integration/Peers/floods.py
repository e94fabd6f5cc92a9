#!/usr/bin/env python3
"""floods.py HOST:PORT KEY-FILE MODEL ATTACK: what costs its sender little and a server much, or should not.

  slow-loris         64 connections that bring a call a byte at a time, and never its last
  partial-frames     64 connections with a frame of 128 KiB each whose last byte never comes
  credit-starvation  20,000 calls on a connection that never lets an answer through
  stream-flood       50,000 calls, each cancelled at once
  ping-flood         200,000 pings, their pongs read; then as many that are not
  handshake-stall    512 connections that stop in the handshake, each at another place
  header-bomb        2,000 calls whose head is as long as one may be
  inflation-bomb     500 calls of a mebibyte each that come as some 60 bytes
  arena-bomb         500 calls of half a million fields each, of which memory is made, likewise
  many-connections   3,000 connections of one key, one after the other, all of them kept
  many-partial-frames, many-unread-answers, many-unfinished-requests
                     200 connections of one key with a mebibyte each: of a frame without its last byte, of
                     answers that are not let through, of a request without its last part

Says `ready COUNT` when it has done its worst, COUNT being what it sent of what the name says; holds what it
has until its input ends. Exits with 0 if the server took it as PROTOCOL.md says.
"""

import os
import pathlib
import select
import sys
import threading
import time

from wire import (
    CALL, CANCEL, COMPRESSED, END, FRAME_BYTES_MAX, HELLO, LAST, MESSAGE, MORE, OK, PING, PONG, PREFACE,
    RESOURCE_EXHAUSTED, TIMEOUT_SECONDS, Ended, Peer, field, fields, frame, hello, signed_in, zstd,
)  # fmt: skip

LIVE = "inference.GRPCInferenceService/ServerLive"
OWN = "slipway.gateway.v1.Gateway/WhoAmI"
WORKER = "inference.GRPCInferenceService/ModelInfer"
LAST_PING = b"the last one"
CONNECTIONS = 64
STALLED = 512
# For more connections than one key may have, and for more bytes than the test's server keeps.
GREEDY = 3_000
MANY = 200
PER_PRINCIPAL_MAX = 1_024
KEPT_MEBIBYTES = 48
KEPT_FRAMES = (KEPT_MEBIBYTES << 20) // FRAME_BYTES_MAX
MANY_FRAMES = 2 * KEPT_FRAMES


def ready(count: int) -> None:
    """Tells the test, and waits for it."""
    print(f"ready {count}", flush=True)
    sys.stdin.read()


def answers(peer: Peer) -> None:
    """The connection goes on as if nothing had been."""
    peer.ping()
    stream, head = peer.call(LIVE)
    peer.send(frame(CALL, stream, head, flags=LAST))
    if (code := peer.status(stream)) != OK:
        raise SystemExit(f"a call after the flood ended with {code}")


class Drained:
    """Reads what comes to a peer, so that nobody waits for us to. The server has no cause to end it."""

    def __init__(self, peer: Peer):
        self._peer = peer
        self._heard = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            while True:
                kind, _, head, _ = self._peer.read()
                if kind == PONG and head == LAST_PING:
                    self._heard.set()
        except Ended as ended:
            print(f"the server ended a connection that was in order: {ended}", file=sys.stderr)
            os._exit(1)

    def catch_up(self) -> None:
        """Returns when the server has taken in all that was sent."""
        self._peer.send(frame(PING, head=LAST_PING))
        if not self._heard.wait(TIMEOUT_SECONDS):
            raise SystemExit("the server did not take in all that was sent")


def slow_loris(address: str, key: bytes, model: str) -> None:
    """A byte now and then keeps no promise."""
    peers = [signed_in(address, key) for _ in range(CONNECTIONS)]
    calls = []
    for peer in peers:
        stream, head = peer.call(WORKER, model)
        calls.append(frame(CALL, stream, head, bytes(4000), LAST))
    sent = 0
    for at in range(400):
        for peer, call in zip(peers, calls):
            peer.send(call[at : at + 1])
            sent += 1
        time.sleep(0.01)
    ready(sent)
    for peer, call in zip(peers, calls):
        peer.send(call[400:])
        peer.status(1)
        answers(peer)


def partial_frames(address: str, key: bytes, model: str) -> None:
    """Nobody knows what it is before it is whole."""
    peers = [signed_in(address, key) for _ in range(CONNECTIONS)]
    for peer in peers:
        stream, head = peer.call(WORKER, model)
        whole = frame(CALL, stream, head, bytes(FRAME_BYTES_MAX - len(head)), LAST)
        peer.send(whole[:-1])
    ready(CONNECTIONS)
    for peer in peers:
        peer.send(b"\0")
        peer.status(1)
        answers(peer)


def credit_starvation(address: str, key: bytes, model: str) -> None:
    """Asks on and takes nothing: by the protocol, not by the socket."""
    peer = Peer(address)
    starving = hello(credit=1)
    peer.send(PREFACE + frame(HELLO, head=starving))
    peer.finish_handshake(key)
    count = 20_000
    for _ in range(count // 200):
        calls = b""
        for _ in range(200):
            stream, head = peer.call(LIVE)
            calls += frame(CALL, stream, head, flags=LAST)
        peer.send(calls)
        peer.ping()
    ready(count)
    peer.ping()


def stream_flood(address: str, key: bytes, model: str) -> None:
    """Calls that nobody waits for: HTTP/2's rapid reset."""
    peer = signed_in(address, key)
    count = 50_000
    reader = Drained(peer)
    for number in range(count // 50):
        calls = b""
        for _ in range(50):
            stream, head = peer.call(WORKER if number % 2 else LIVE, model)
            calls += frame(CALL, stream, head, flags=LAST if number % 4 < 2 else MORE)
            calls += frame(CANCEL, stream)
        peer.send(calls)
    reader.catch_up()
    other = signed_in(address, key)
    answers(other)
    ready(2 * count)
    answers(other)


def ping_flood(address: str, key: bytes, model: str) -> None:
    """Asked for a pong each time."""
    count = 200_000
    peer = signed_in(address, key)
    reader = Drained(peer)
    for _ in range(count // 1000):
        peer.send(frame(PING, head=bytes(8)) * 1000)
    reader.catch_up()
    deaf = signed_in(address, key)
    deaf.socket.setblocking(False)
    sent = 0
    pings = frame(PING, head=bytes(1000)) * 100
    while sent < count and select.select([], [deaf.socket], [], 2)[1]:
        try:
            sent += deaf.socket.send(pings) // 1016
        except BlockingIOError:
            pass
    if sent >= count:
        raise SystemExit("the server reads on from who does not read it")
    ready(count + sent)
    answers(signed_in(address, key))


def handshake_stall(address: str, key: bytes, model: str) -> None:
    """Stops after nothing, half a preface, a preface, half a hello, a hello, half a proof."""
    whole = PREFACE + frame(HELLO, head=hello())
    proof = frame(0x83, head=field(2, key))
    places = [b"", whole[:3], whole[:8], whole[:40], whole, whole + proof[:-1]]
    peers = []
    for number in range(STALLED):
        peer = Peer(address)
        peer.send(places[number % len(places)])
        peers.append(peer)
    ready(STALLED)
    for peer in peers:
        peer.until_ended()


def header_bomb(address: str, key: bytes, model: str) -> None:
    """Heads of 65,535 bytes: unknown fields, one field again and again, fields that are too long."""
    peer = signed_in(address, key)
    reader = Drained(peer)
    stream, start = peer.call(LIVE)
    room = 65_535 - len(start) - 8
    heads = [
        start + b"\x78\x00" * (room // 2),
        start + b"\x10\x01" * (room // 2),
        start + field(4, b"m" * (room - 8)),
        start + field(7, b"r" * (room - 8)),
    ]
    count = 2_000
    for number in range(count):
        stream, _ = peer.call(LIVE)
        peer.send(frame(CALL, stream, heads[number % len(heads)], flags=LAST))
    reader.catch_up()
    ready(count)
    answers(signed_in(address, key))


def bombs(address: str, key: bytes, content: bytes) -> None:
    """The gateway itself reads them, and refuses what costs more than its budget."""
    peer = signed_in(address, key)
    reader = Drained(peer)
    body = zstd(content)
    count = 500
    for _ in range(count):
        stream, head = peer.call(OWN)
        peer.send(frame(CALL, stream, head, body, LAST | COMPRESSED, len(content)))
    reader.catch_up()
    ready(count)
    answers(signed_in(address, key))


def inflation_bomb(address: str, key: bytes, model: str) -> None:
    """Zeros are no message either."""
    bombs(address, key, bytes(FRAME_BYTES_MAX))


def arena_bomb(address: str, key: bytes, model: str) -> None:
    """Empty messages, two bytes each."""
    bombs(address, key, b"\x2a\x00" * (FRAME_BYTES_MAX // 2))


def many_connections(address: str, key: bytes, model: str) -> None:
    """A key is no licence for all of the server's connections."""
    peers = []
    refused = 0
    for _ in range(GREEDY):
        try:
            peers.append(signed_in(address, key))
        except Ended as ended:
            if ended.code != RESOURCE_EXHAUSTED or not ended.retry_after:
                raise
            refused += 1
    if len(peers) != PER_PRINCIPAL_MAX or refused != GREEDY - PER_PRINCIPAL_MAX:
        raise SystemExit(f"{len(peers)} connections were taken, {refused} refused")
    ready(GREEDY)
    answers(peers[0])


def hoard(address: str, key: bytes, begin, count: int, stay: int) -> None:
    """As much on each of so many connections as it may have, until the server has enough of it; so many may
    stay at most."""
    peers = []
    for _ in range(count):
        peer = Peer(address)
        peer.send(PREFACE + frame(HELLO, head=hello(credit=1)))
        peer.finish_handshake(key)
        begin(peer)
        peers.append(peer)
    ready(count)
    ended = 0
    for peer in peers:
        peer.socket.settimeout(0.01)
        try:
            ended += peer.until_ended() == RESOURCE_EXHAUSTED
        except TimeoutError:
            pass
    if ended < count - stay:
        raise SystemExit(f"of {count} connections the server ended {ended}")


def many_partial_frames(address: str, key: bytes, model: str) -> None:
    """Each as long as a frame may be."""

    def begin(peer: Peer) -> None:
        stream, head = peer.call(WORKER, model)
        whole = frame(CALL, stream, head, bytes(FRAME_BYTES_MAX - len(head)), LAST)
        peer.send(whole[:-1])

    hoard(address, key, begin, count=MANY_FRAMES, stay=3 * KEPT_FRAMES // 2)


def many_unread_answers(address: str, key: bytes, model: str) -> None:
    """Short answers that wait for credit: some hundred bytes of memory each."""

    def begin(peer: Peer) -> None:
        calls = b""
        for _ in range(4_000):
            stream, head = peer.call(LIVE)
            calls += frame(CALL, stream, head, flags=LAST)
        peer.send(calls)

    hoard(address, key, begin, count=MANY, stay=2 * KEPT_MEBIBYTES)


def many_unfinished_requests(address: str, key: bytes, model: str) -> None:
    """The gateway's own method, of which it keeps the first parts, 1 MiB of them."""

    def begin(peer: Peer) -> None:
        stream, head = peer.call(OWN)
        parts = [frame(CALL, stream, head, bytes(FRAME_BYTES_MAX - len(head)), MORE)]
        parts += [frame(MESSAGE, stream, b"", bytes(FRAME_BYTES_MAX), MORE)] * 7
        peer.send(b"".join(parts))

    hold = [signed_in(address, key) for _ in range(MANY)]
    for peer in hold:
        begin(peer)
    refused = sum(1 for peer in hold if refuses(peer))
    if refused < MANY - KEPT_MEBIBYTES - 8:
        raise SystemExit(f"of {MANY} requests the server refused {refused}")
    ready(MANY)


def refuses(peer: Peer) -> bool:
    """Whether the first call of a connection has failed for want of room."""
    peer.send(frame(PING, head=LAST_PING))
    while True:
        kind, _, head, _ = peer.read()
        if kind == END:
            return dict(fields(head)).get(1, OK) == RESOURCE_EXHAUSTED
        if kind == PONG:
            return False


def main() -> int:
    """One attack."""
    address, key_file, model, name = sys.argv[1:]
    key = pathlib.Path(key_file).read_bytes().strip()
    try:
        globals()[name.replace("-", "_")](address, key, model)
    except Ended as ended:
        print(f"{name}: the server ended a connection that was in order: {ended}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
