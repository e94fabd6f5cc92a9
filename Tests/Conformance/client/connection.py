"""A connection and its calls: sections 1, 3, 4 and 6 of PROTOCOL.md.

Blocking and without threads: whoever waits for a stream reads, and puts what belongs to others aside.
"""

from __future__ import annotations

import collections
import os
import pathlib
import socket
import ssl
import time

from client.credit import Balances, cost
from client.frames import (
    FRAME_BYTES_MAX,
    HANDSHAKE_FRAME_BYTES_MAX,
    HEADER,
    PREFACE,
    Flag,
    Frame,
    Header,
    Kind,
)
from client.frames import compress as packed
from client.handshake import Service, Untrusted, verify
from client.messages import (
    METHODS,
    CallHeader,
    Credit,
    GoAway,
    Hello,
    Proof,
    Ready,
    Status,
    Welcome,
)
from client.tls import role, secure

VERSION = 1
ZSTD = 1
CREDIT = 2
TIMEOUT_SECONDS = 20


class Closed(Exception):
    """The connection has ended. `go_away` is what the server said before it, if it did."""

    def __init__(self, go_away=None):
        super().__init__(f"closed: {go_away.code} `{go_away.message}`" if go_away else "closed")
        self.go_away = go_away


class CallFailed(Exception):
    """A call's end with a code other than `ok`."""

    def __init__(self, status):
        super().__init__(f"status {status.code}: {status.message}")
        self.code, self.message, self.status = status.code, status.message, status


class Connection:
    """Opens with the handshake unless told otherwise; use with `with`.

    `key` is a client's API key, `service` what proves a service; `keys` the file of the roles' public keys, or `certs`
    the folder with the certificate of the authority, for TLS.
    """

    def __init__(
        self,
        address: str,
        key: bytes = b"",
        handshake: bool = True,
        *,
        keys: pathlib.Path,
        certs: pathlib.Path | None = None,
        service: Service | None = None,
        **hello,
    ):
        self.address = address
        self._keys, self._certs, self._service = keys, certs, service
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if certs:
            self.socket = secure(self.socket, certs)
        self.frame_bytes_max = HANDSHAKE_FRAME_BYTES_MAX
        self.go_away = None
        self.pongs: list[bytes] = []
        self.methods: list[str] = []
        self._frames: dict[int, collections.deque[Frame]] = {}
        self._stream = 0
        # What each side may send, where credit is agreed.
        self.mine: Balances | None = None
        self.grants = True
        self.theirs: Balances | None = None
        if handshake:
            try:
                self.shake_hands(key, **hello)
            except BaseException:
                self.socket.close()
                raise

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_):
        self.socket.close()

    # The handshake

    def hello(self, **fields) -> Hello:
        """A hello that holds; `fields` change it."""
        return Hello(**{
            "version": VERSION,
            "version_min": VERSION,
            "capabilities": ZSTD,
            "role": self._service.role if self._service else "client",
            "nonce": os.urandom(32),
            "frame_bytes_max": FRAME_BYTES_MAX,
            "stream_credit": 4 << 20,
            "connection_credit": 16 << 20,
            "release": "conformance",
        } | fields)  # fmt: skip

    def shake_hands(self, key: bytes, **fields) -> None:
        """Ends in `Ready`, or throws Closed with the server's refusal or Untrusted."""
        self.greet(**fields)
        if self._service:
            proof = Proof(signature=self._service.sign(self._hello, self.welcome))
        else:
            proof = Proof(api_key=key)
        self.send(Frame(Kind.PROOF, head=proof.SerializeToString()))
        self.methods = list(self._expect(Kind.READY, Ready).methods)
        self.frame_bytes_max = self._frame_bytes_max_agreed
        if self.welcome.capabilities & CREDIT:
            self.mine = Balances(self.welcome.stream_credit, self.welcome.connection_credit)
            self.theirs = Balances(self._hello.stream_credit, self._hello.connection_credit)

    def greet(self, **fields) -> None:
        """Preface, hello and the welcome: what carries no secret yet."""
        hello = self._hello = self.hello(**fields)
        self.send_bytes(PREFACE)
        self.send(Frame(Kind.HELLO, head=hello.SerializeToString()))
        self.welcome = self._expect(Kind.WELCOME, Welcome)
        verify(hello, self.welcome, self.address, self._keys, role(self.socket) if self._certs else None)
        self._frame_bytes_max_agreed = min(hello.frame_bytes_max, self.welcome.frame_bytes_max)

    def _expect(self, kind: Kind, message: type):
        frame = self.read_frame()
        if frame.kind != kind:
            raise Untrusted(f"kind {frame.kind:#04x} where {kind.name} was due")
        return message.FromString(frame.head)

    # Frames

    def send_bytes(self, content: bytes) -> None:
        """Sends as it is. A server that has closed already shows on reading."""
        try:
            self.socket.sendall(content)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass

    def send(self, *frames: Frame) -> None:
        """Sends in one go."""
        self.send_bytes(b"".join(frame.pack() for frame in frames))

    def read_frame(self) -> Frame:
        """The next frame that is not to be skipped. Answers pings; throws Closed at the end."""
        while True:
            header = Header.read(self._read(HEADER.size), self.frame_bytes_max)
            payload = self._read(header.payload)
            if header.is_ignorable:
                continue
            frame = Frame.of(header, payload)
            if frame.kind == Kind.PING:
                self.send(Frame(Kind.PONG, head=frame.head))
            elif frame.kind == Kind.GO_AWAY:
                self.go_away = GoAway.FromString(frame.head)
                if self.go_away.code:
                    self._read_to_close()
            return frame

    def read_until_closed(self) -> Closed:
        """Reads on until the server closes, whatever it says before."""
        try:
            while True:
                self.read_frame()
        except Closed as closed:
            return closed

    def _read_to_close(self) -> None:
        """Behind a go-away with an error must come the close and nothing else."""
        trailing = self._receive(1)
        if trailing:
            raise AssertionError("the server sent more after a go-away with an error")
        raise Closed(self.go_away)

    def _read(self, count: int) -> bytes:
        content = bytearray()
        while len(content) < count:
            part = self._receive(count - len(content))
            if not part:
                raise Closed(self.go_away)
            content += part
        return bytes(content)

    def _receive(self, count: int) -> bytes:
        try:
            return self.socket.recv(count)
        except (ConnectionResetError, ssl.SSLError):
            return b""

    # Calls

    def stream_id(self) -> int:
        """An id that no call of this connection has had."""
        self._stream += 1
        return self._stream

    def start(self, method: str, request, /, *, timeout_seconds: float = 0, compress=False, **head) -> int:
        """Sends a call, in parts where it is longer than a frame; returns its stream."""
        body = request if isinstance(request, bytes) else request.SerializeToString()
        head.setdefault("method", self.methods.index(method) if method else 0)
        if timeout_seconds:
            head["timeout_nanoseconds"] = int(timeout_seconds * 1e9)
        stream = head.pop("stream", None) or self.stream_id()
        packed = CallHeader(**head).SerializeToString()
        size = self.frame_bytes_max - len(packed)
        parts = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        self.send_paced(*self.request(stream, packed, parts, compress))
        return stream

    def send_paced(self, *frames: Frame) -> None:
        """Sends each frame once there is credit for it; all at once where credit is not agreed."""
        if not self.mine:
            return self.send(*frames)
        for frame in frames:
            while not self.mine.may_send(frame):
                self.take_frame()
            self.mine.take(frame)
            self.send(frame)

    def open(self, method: str, *, timeout_seconds: float = 0, **head) -> int:
        """Begins a call whose request is a stream, with nothing of it yet; returns its stream."""
        head["method"] = self.methods.index(method)
        if timeout_seconds:
            head["timeout_nanoseconds"] = int(timeout_seconds * 1e9)
        stream = self.stream_id()
        self.expect(stream)
        self.send_paced(Frame(Kind.CALL, stream, head=CallHeader(**head).SerializeToString()))
        return stream

    def write(self, stream: int, message: bytes, *, compress=False) -> None:
        """Sends one message of a request that is a stream, in parts where it is longer than a frame."""
        size = self.frame_bytes_max
        parts = [message[at : at + size] for at in range(0, len(message), size)] or [b""]
        for place, part in enumerate(parts):
            flags = Flag.NONE if place == len(parts) - 1 else Flag.MORE
            # What does not get smaller goes as it is: the limit of a frame holds on the wire too.
            pays = compress and part and len(packed(part)) < len(part)
            flags |= Flag.COMPRESSED if pays else Flag.NONE
            self.send_paced(Frame(Kind.MESSAGE, stream, flags, body=part))

    def end(self, stream: int) -> None:
        """Nothing more of a request is to come."""
        self.send(Frame(Kind.MESSAGE, stream, Flag.END))

    def grant(self, stream: int, credit: int) -> None:
        """The server may send as much more, on a stream or on the connection (0)."""
        self.theirs.grant(stream, credit)
        self.send(Frame(Kind.CREDIT, stream, head=Credit(bytes=credit).SerializeToString()))

    def request(self, stream: int, head: bytes, parts: list[bytes], compress=False) -> list[Frame]:
        """The frames of a request, as parts."""
        frames = []
        for place, part in enumerate(parts):
            flags = Flag.END if place == len(parts) - 1 else Flag.MORE
            flags |= Flag.COMPRESSED if compress and part else Flag.NONE
            kind = Kind.MESSAGE if place else Kind.CALL
            frames.append(Frame(kind, stream, flags, b"" if place else head, part))
        self.expect(stream)
        return frames

    def expect(self, stream: int) -> None:
        """Keeps what comes for the stream from now on."""
        self._frames[stream] = collections.deque()

    def has_frame(self, stream: int) -> bool:
        """Whether a frame of the stream has been read and not yet taken."""
        return bool(self._frames[stream])

    def cancel(self, stream: int) -> None:
        """Ends a call for this side; what still comes for it is dropped."""
        self._frames.pop(stream, None)
        self.send(Frame(Kind.CANCEL, stream))

    def finish(self, stream: int) -> bytes:
        """The one message of a unary call, or CallFailed."""
        messages = list(self.messages(stream))
        assert len(messages) <= 1, f"{len(messages)} messages for a unary call"
        return messages[0] if messages else b""

    def messages(self, stream: int):
        """The messages of a stream until its end, whole."""
        parts = bytearray()
        while True:
            frame = self.next_frame(stream)
            parts += frame.body
            if frame.kind == Kind.END:
                status = Status.FromString(frame.head)
                del self._frames[stream]
                if status.code:
                    raise CallFailed(status)
                if parts:
                    yield bytes(parts)
                return
            if not frame.flags & Flag.MORE:
                yield bytes(parts)
                parts.clear()

    def next_frame(self, stream: int) -> Frame:
        """The next frame of a stream."""
        while not self._frames[stream]:
            self.take_frame()
        frame = self._frames[stream].popleft()
        if self.theirs and self.grants and frame.kind == Kind.MESSAGE:
            self.grant(stream, cost(frame))
        return frame

    def take_frame(self) -> Frame:
        """Reads one frame and puts it where it belongs; of unknown streams it is dropped."""
        frame = self.read_frame()
        if frame.kind in (Kind.MESSAGE, Kind.END):
            self._count(frame)
            if frame.stream in self._frames:
                self._frames[frame.stream].append(frame)
        elif frame.kind == Kind.PONG:
            self.pongs.append(frame.head)
        elif frame.kind == Kind.CREDIT:
            if self.mine:
                self.mine.grant(frame.stream, Credit.FromString(frame.head).bytes)
        elif frame.kind not in (Kind.PING, Kind.GO_AWAY):
            raise AssertionError(f"a server must not send {frame.kind:#04x}")
        return frame

    def _count(self, frame: Frame) -> None:
        """Holds the server to its credit, and gives the connection's back at once."""
        if not self.theirs:
            return
        assert self.theirs.may_send(frame), f"a frame without credit on stream {frame.stream}"
        self.theirs.take(frame)
        if frame.kind == Kind.END:
            self.theirs.forget(frame.stream)
        if self.grants and cost(frame):
            self.grant(0, cost(frame))

    def call(self, method: str, request=None, /, **options):
        """A unary call by the method's full name."""
        request_class, response_class = METHODS[method]
        stream = self.start(method, request_class() if request is None else request, **options)
        return response_class.FromString(self.finish(stream))

    def ping(self, content: bytes) -> bytes:
        """What the server sends back."""
        self.send(Frame(Kind.PING, head=content))
        end = time.monotonic() + TIMEOUT_SECONDS
        while not self.pongs and time.monotonic() < end:
            self.take_frame()
        return self.pongs.pop(0)
