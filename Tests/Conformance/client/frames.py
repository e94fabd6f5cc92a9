"""Frames as bytes: section 2 of PROTOCOL.md."""

from __future__ import annotations

import dataclasses
import enum
import struct

import zstandard

HEADER = struct.Struct("<IIIHBB")
PREFACE = b"SLIPWAY\x01"
CONTROL_BIT = 0x80
FRAME_BYTES_MAX = 1 << 20
HANDSHAKE_FRAME_BYTES_MAX = 1 << 16


class Kind(enum.IntEnum):
    """The kinds of version 1."""

    CALL = 0x01
    MESSAGE = 0x02
    END = 0x03
    CANCEL = 0x04
    CREDIT = 0x05
    HELLO = 0x81
    WELCOME = 0x82
    PROOF = 0x83
    READY = 0x84
    PING = 0x85
    PONG = 0x86
    GO_AWAY = 0x87
    ASSERTION = 0x88


class Flag(enum.IntFlag):
    """What a frame says of its body and its stream."""

    NONE = 0
    COMPRESSED = 1
    MORE = 2
    END = 4


KNOWN_FLAGS = Flag.COMPRESSED | Flag.MORE | Flag.END


class Malformed(Exception):
    """Bytes that break the connection; more of them would not help. `reason` is in the document's words."""

    def __init__(self, reason: str, found: str = ""):
        super().__init__(f"{reason}: {found}" if found else reason)
        self.reason = reason


@dataclasses.dataclass(frozen=True)
class Header:
    """The 16 bytes before a payload."""

    payload: int
    inflated: int
    stream: int
    head: int
    kind: int
    flags: int

    @staticmethod
    def read(content: bytes, frame_bytes_max: int = FRAME_BYTES_MAX) -> Header:
        """Throws Malformed for whatever the header alone tells is broken."""
        header = Header(*HEADER.unpack_from(content))
        if header.payload > frame_bytes_max:
            raise Malformed("payload over the limit", f"{header.payload} of {frame_bytes_max} bytes")
        if header.head > header.payload:
            raise Malformed("head longer than the payload", f"{header.head} of {header.payload} bytes")
        if header.is_ignorable:
            return header
        if header.kind not in list(Kind):
            raise Malformed("unknown kind", f"{header.kind:#04x}")
        if header.flags & ~int(KNOWN_FLAGS):
            raise Malformed("unknown flag", f"{header.flags:#04x}")
        if header.flags & Flag.COMPRESSED:
            if header.payload == header.head:
                raise Malformed("compressed, but no body")
            if header.inflated > frame_bytes_max:
                raise Malformed("body over the limit", f"{header.inflated} of {frame_bytes_max} bytes")
        elif header.inflated != header.payload - header.head:
            raise Malformed("body not as long as it says")
        return header

    @property
    def is_ignorable(self) -> bool:
        """Whether the control bit says to skip it."""
        return bool(self.kind & CONTROL_BIT) and self.kind not in list(Kind)

    def pack(self) -> bytes:
        """As it goes on the wire."""
        return HEADER.pack(*dataclasses.astuple(self))


@dataclasses.dataclass(frozen=True)
class Frame:
    """One frame, its body already inflated."""

    kind: int
    stream: int = 0
    flags: int = 0
    head: bytes = b""
    body: bytes = b""

    def pack(self) -> bytes:
        """As it goes on the wire; a body with the flag `compressed` is compressed here."""
        wire = compress(self.body) if self.flags & Flag.COMPRESSED else self.body
        header = Header(
            payload=len(self.head) + len(wire),
            inflated=len(self.body),
            stream=self.stream,
            head=len(self.head),
            kind=self.kind,
            flags=self.flags,
        )
        return header.pack() + self.head + wire

    @staticmethod
    def of(header: Header, payload: bytes) -> Frame:
        """From a header that holds and all of its payload."""
        body = payload[header.head :]
        if header.flags & Flag.COMPRESSED:
            body = inflate(body, header.inflated)
        return Frame(header.kind, header.stream, header.flags, payload[: header.head], body)


def compress(body: bytes) -> bytes:
    """One zstd frame that says its content size."""
    return zstandard.ZstdCompressor().compress(body)


def inflate(body: bytes, size: int) -> bytes:
    """Throws Malformed unless the body is exactly one zstd frame of `size` bytes of content."""
    try:
        if zstandard.frame_content_size(body) != size:
            raise Malformed("the zstd frame does not say the size that the header says")
        inflater = zstandard.ZstdDecompressor().decompressobj()
        content = inflater.decompress(body)
    except zstandard.ZstdError as error:
        raise Malformed("the body is no zstd frame", str(error)) from None
    if not inflater.eof or inflater.unused_data or len(content) != size:
        raise Malformed("the body is not exactly one zstd frame")
    return content
