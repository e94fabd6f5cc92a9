"""What a peer of the tests needs of Shared/Wire/PROTOCOL.md, with nothing but Python and libzstd.

It checks nothing that protects it: hostile peers are built on it.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct

PREFACE = b"SLIPWAY\x01"
CALL, MESSAGE, END, CANCEL = 1, 2, 3, 4
HELLO, WELCOME, PROOF, READY, PING, PONG, GO_AWAY = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87
COMPRESSED, MORE, LAST = 1, 2, 4
FRAME_BYTES_MAX = 1 << 17  # what a gateway takes
# Of a loaded machine; nothing here waits for it to pass.
TIMEOUT_SECONDS = 60
OK, INVALID_ARGUMENT, DEADLINE_EXCEEDED = 0, 3, 4
RESOURCE_EXHAUSTED, FAILED_PRECONDITION, UNAUTHENTICATED = 8, 9, 16


class Ended(Exception):
    """The server closed; `code` is that of its go-away, `None` without one."""

    def __init__(self, code: int | None, message: str = "", retry_after: int = 0):
        super().__init__(f"closed with code {code} {message}")
        self.code = code
        self.retry_after = retry_after


def varint(value: int) -> bytes:
    """Protobuf's."""
    content = bytearray()
    while value > 0x7F:
        content.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(content) + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    """One field of a message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def fields(content: bytes):
    """Number and value of each integer and byte field."""
    at = 0

    def integer() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(content):
        tag = integer()
        value = integer()
        if tag & 7 == 2:
            at += value
            value = content[at - value : at]
        yield tag >> 3, value


def frame(
    kind: int, stream: int = 0, head: bytes = b"", body: bytes = b"", flags: int = 0,
    inflated: int | None = None,
) -> bytes:  # fmt: skip
    """A frame's bytes; `inflated` is the length that it claims."""
    size = len(body) if inflated is None else inflated
    header = struct.pack("<IIIHBB", len(head) + len(body), size, stream, len(head), kind, flags)
    return header + head + body


def hello(role: bytes = b"client", nonce: bytes | None = None, credit: int | None = None) -> bytes:
    """The head of a hello that holds; with `credit` the peer counts what it takes."""
    return b"".join([
        field(1, 1), field(2, 1), field(3, 1 if credit is None else 3), field(4, role),
        field(5, os.urandom(32) if nonce is None else nonce), field(6, FRAME_BYTES_MAX),
        field(7, 4 << 20 if credit is None else credit),
        field(8, 16 << 20 if credit is None else credit),
    ])  # fmt: skip


class Peer:
    """A connection; `key` signs it in."""

    def __init__(self, address: str, key: bytes | None = None):
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), TIMEOUT_SECONDS)
        self.methods: list[str] = []
        self._kept = bytearray()
        self._stream = 0
        if key is not None:
            self.send(PREFACE + frame(HELLO, head=hello()))
            self.finish_handshake(key)

    def finish_handshake(self, key: bytes) -> None:
        """What comes behind a hello."""
        self.expect(WELCOME)
        self.send(frame(PROOF, head=field(2, key)))
        self.methods = [value.decode() for _, value in fields(self.expect(READY))]

    def send(self, content: bytes) -> None:
        """Sends; that the server was faster and has closed shows on reading."""
        try:
            self.socket.sendall(content)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def read(self) -> tuple[int, int, bytes, bytes]:
        """Kind, stream, head and body, as it came, of the next frame. Throws Ended."""
        payload, _, stream, head, kind, _ = struct.unpack("<IIIHBB", self._take(16))
        content = self._take(payload)
        if kind == GO_AWAY:
            said = dict(fields(content[:head]))
            if said.get(1, 0):
                raise Ended(said[1], said.get(2, b"").decode(), said.get(3, 0))
        return kind, stream, content[:head], content[head:]

    def expect(self, kind: int) -> bytes:
        """The head of the next frame of this kind."""
        while True:
            found, _, head, _ = self.read()
            if found == kind:
                return head

    def until_ended(self) -> int | None:
        """Reads until the server closes: the code of its go-away."""
        try:
            while True:
                self.read()
        except Ended as ended:
            return ended.code

    def ping(self, size: int = 8) -> None:
        """Whether the connection still answers; throws if not."""
        content = os.urandom(size)
        self.send(frame(PING, head=content))
        while self.expect(PONG) != content:
            pass

    def call(self, method: str, model: str = "") -> tuple[int, bytes]:
        """A new stream and the head of its first frame."""
        self._stream += 1
        head = field(1, self.methods.index(method))
        return self._stream, head + (field(4, model.encode()) if model else b"")

    def status(self, stream: int) -> int:
        """The code that ends a call; frames of others are dropped."""
        while True:
            kind, found, head, _ = self.read()
            if kind == END and found == stream:
                return dict(fields(head)).get(1, OK)

    def _take(self, count: int) -> bytes:
        while len(self._kept) < count:
            try:
                part = self.socket.recv(max(65536, count - len(self._kept)))
            except ConnectionResetError:
                part = b""
            if not part:
                raise Ended(None)
            self._kept += part
        content = bytes(self._kept[:count])
        del self._kept[:count]
        return content


def signed_in(address: str, key: bytes) -> Peer:
    """A connection of the key's holder; again if a busy machine took the handshake's time. Throws Ended."""
    while True:
        try:
            return Peer(address, key)
        except Ended as ended:
            if ended.code != DEADLINE_EXCEEDED:
                raise


_ZSTD = ctypes.CDLL("libzstd.so.1")
_ZSTD.ZSTD_compressBound.restype = ctypes.c_size_t
_ZSTD.ZSTD_compressBound.argtypes = [ctypes.c_size_t]
_ZSTD.ZSTD_createCCtx.restype = ctypes.c_void_p
_ZSTD.ZSTD_CCtx_setParameter.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int]
_ZSTD.ZSTD_compress2.restype = ctypes.c_size_t
_ZSTD.ZSTD_compress2.argtypes = [
    ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_char_p, ctypes.c_size_t
]  # fmt: skip
_CONTENT_SIZE_FLAG = 200


def zstd(content: bytes, says_size: bool = True) -> bytes:
    """One zstd frame, with or without its content size."""
    context = _ZSTD.ZSTD_createCCtx()
    _ZSTD.ZSTD_CCtx_setParameter(context, _CONTENT_SIZE_FLAG, int(says_size))
    room = ctypes.create_string_buffer(_ZSTD.ZSTD_compressBound(len(content)))
    size = _ZSTD.ZSTD_compress2(context, room, len(room), content, len(content))
    return room.raw[:size]


def zstd_claiming(content: bytes, claimed: int) -> bytes:
    """One zstd frame of more content than it says: RFC 8878, 3.1.1.1."""
    packed = zstd(content)
    size_bytes = {0: 1, 1: 2, 2: 4, 3: 8}[packed[4] >> 6]
    has_window = not packed[4] & 0x20
    at = 5 + has_window
    return packed[:at] + (claimed - 256 * (size_bytes == 2)).to_bytes(size_bytes, "little") + packed[at + size_bytes :]
