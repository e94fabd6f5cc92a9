"""Sections 2, 5 and 7: what a connection bears, and what breaks it."""

import contextlib
import unittest

from client.connection import Closed
from client.frames import Flag, Frame, Header, Kind
from client.messages import Assertion, Credit, Hello
from tests.suite import (
    GOLDENS,
    INVALID_ARGUMENT,
    MODEL,
    MODEL_INFER,
    WATCH_MODELS,
    WHO_AM_I,
    SuiteTestCase,
)


class FrameTests(SuiteTestCase):
    def test_a_pong_holds_what_the_ping_held(self):
        connection = self.connect()
        for content in [b"", b"echo", bytes(range(256)), b"z" * 65535]:
            with self.subTest(len(content)):
                self.assertEqual(connection.ping(content), content)

    def test_pings_are_answered_in_order(self):
        connection = self.connect()
        contents = [str(number).encode() for number in range(100)]
        connection.send(*(Frame(Kind.PING, head=content) for content in contents))
        while len(connection.pongs) < len(contents):
            connection.take_frame()
        self.assertEqual(connection.pongs, contents)

    def test_unknown_control_frames_are_skipped_whatever_their_flags(self):
        connection = self.connect()
        for kind in [0x80, 0x89, 0xC0, 0xFF]:
            connection.send_bytes(Header(4, 0xFFFFFFFF, 9, 2, kind, 0xFF).pack() + b"skip")
        self.assert_alive(connection)

    def test_an_unknown_kind_breaks_the_connection_and_is_named(self):
        for kind in [0x00, 0x06, 0x7F]:
            with self.subTest(kind=kind):
                connection = self.connect()
                connection.send_bytes(Header(0, 0, 0, 0, kind, 0).pack())
                self.assert_broken(connection, INVALID_ARGUMENT, f"kind {kind} is unknown")

    def test_frames_of_unknown_streams_are_dropped(self):
        connection = self.connect()
        connection.send(
            Frame(Kind.MESSAGE, 77, Flag.END, body=b"late"),
            Frame(Kind.MESSAGE, 0, Flag.END, body=b"late"),
            Frame(Kind.CANCEL, 77),
            Frame(Kind.CANCEL, 0),
        )
        self.assert_alive(connection)

    def test_credit_is_ignored_where_it_is_not_agreed(self):
        connection = self.connect()
        connection.send(
            *(Frame(Kind.CREDIT, stream, head=Credit(bytes=1).SerializeToString()) for stream in (0, 7))
        )
        self.assert_alive(connection)

    def test_what_a_kind_does_not_have_is_ignored(self):
        connection = self.connect()
        connection.send(
            Frame(Kind.CANCEL, 77, Flag.MORE, head=b"head", body=b"body"),
            Frame(Kind.CREDIT, 0, head=b"\xff"),
            Frame(Kind.PONG, head=b"nobody asked"),
            Frame(Kind.PING, stream=4, flags=Flag.MORE | Flag.COMPRESSED, head=b"first", body=b"body"),
        )
        while not connection.pongs:
            connection.take_frame()
        self.assertEqual(connection.pongs, [b"first"])

    def test_a_client_that_says_go_away_gets_its_answers_and_then_the_end(self):
        connection = self.connect()
        call = Frame(Kind.CALL, 1, Flag.END, self.head(connection, WHO_AM_I))
        connection.expect(1)
        connection.send(call, Frame(Kind.GO_AWAY))
        self.assertIn(b"app", connection.finish(1))
        self.assertIsNone(connection.read_until_closed().go_away)

    def test_frames_of_the_wrong_side_break_the_connection(self):
        for kind in [Kind.END, Kind.WELCOME, Kind.READY]:
            with self.subTest(kind.name):
                connection = self.connect()
                connection.send(Frame(kind, 1 if kind == Kind.END else 0))
                self.assert_broken(connection, INVALID_ARGUMENT, f"`{kind.name.lower()}` frame")

    def test_a_second_handshake_breaks_the_connection(self):
        for kind in [Kind.HELLO, Kind.PROOF]:
            with self.subTest(kind.name):
                connection = self.connect()
                connection.send(Frame(kind, head=Hello().SerializeToString()))
                self.assert_broken(connection, INVALID_ARGUMENT, f"`{kind.name.lower()}` frame")

    def test_an_assertion_of_a_client_breaks_the_connection(self):
        connection = self.connect()
        head = Assertion(slot=1, token=b"token").SerializeToString()
        connection.send(Frame(Kind.ASSERTION, head=head))
        self.assert_broken(connection, INVALID_ARGUMENT, "gateway")

    def test_a_head_that_is_no_message_of_its_kind_breaks_the_connection(self):
        for title, head in {"no protobuf": b"\xff\xff", "a wrong wire type": b"\x0a\x01a"}.items():
            with self.subTest(title):
                connection = self.connect()
                connection.send(Frame(Kind.CALL, 1, Flag.END, head))
                self.assert_broken(connection, INVALID_ARGUMENT, "head")

    def test_unknown_fields_of_a_head_are_ignored(self):
        connection = self.connect()
        stream = self.send_call(connection, self.head(connection, WHO_AM_I) + b"\xa0\x06\x01")
        self.assertIn(b"app", connection.finish(stream))

    def test_a_call_on_stream_0_breaks_the_connection(self):
        connection = self.connect()
        connection.send(Frame(Kind.CALL, 0, Flag.END, self.head(connection, WHO_AM_I)))
        self.assert_broken(connection, INVALID_ARGUMENT, "stream 0")

    def test_a_call_on_a_stream_in_use_breaks_the_connection(self):
        connection = self.connect()
        head = self.head(connection, WHO_AM_I)
        connection.send(Frame(Kind.CALL, 5, Flag.MORE, head), Frame(Kind.CALL, 5, Flag.END, head))
        self.assert_broken(connection, INVALID_ARGUMENT, "stream 5 is in use")

    def test_a_message_behind_the_end_of_a_request_breaks_the_connection(self):
        connection = self.connect()
        connection.send(
            Frame(Kind.CALL, 5, Flag.END, self.head(connection, WHO_AM_I)),
            Frame(Kind.MESSAGE, 5, Flag.END),
        )
        self.assert_broken(connection, INVALID_ARGUMENT, "stream 5")

    def test_such_a_message_of_a_forwarded_call_costs_no_other_connection(self):
        # Several of each, since the gateway may have several connections to a worker.
        golden = GOLDENS[0]
        body = golden.request().SerializeToString()
        others = [self.connect() for _ in range(8)]
        halves = [
            other.request(other.stream_id(), self.head(other, MODEL_INFER), [body[:50], body[50:]])
            for other in others
        ]
        for other, (first, _) in zip(others, halves):
            other.send(first)
            self.assert_alive(other)
        for _ in range(8):
            hostile = self.connect()
            slow = golden.request(repeat=5000).SerializeToString()
            hostile.send(
                Frame(Kind.CALL, 1, Flag.END, self.head(hostile, MODEL_INFER), slow),
                Frame(Kind.MESSAGE, 1, Flag.END),
            )
            hostile.expect(1)
            while not hostile.has_frame(1) and not hostile.go_away:
                with contextlib.suppress(Closed):
                    hostile.take_frame()
        for other, (first, last) in zip(others, halves):
            other.send(last)
            self.assertIn(golden.title.encode(), other.finish(first.stream))
        self.assertTrue(hostile.go_away)

    def test_half_a_header_then_silence_disturbs_no_other_connection(self):
        silent = self.connect()
        silent.send_bytes(Frame(Kind.PING, head=b"slow").pack()[:8])
        halfway = self.connect()
        halfway.send_bytes(Header(1000, 0, 0, 1000, Kind.PING, 0).pack() + b"only this")
        other = self.connect()
        for golden in GOLDENS:
            self.assert_golden(golden, other.call(MODEL_INFER, golden.request(), model=MODEL))
        silent.send_bytes(Frame(Kind.PING, head=b"slow").pack()[8:])
        while not silent.pongs:
            silent.take_frame()
        self.assertEqual(silent.pongs, [b"slow"])

    def test_a_frame_may_come_byte_by_byte(self):
        connection = self.connect()
        stream = connection.stream_id()
        connection.expect(stream)
        for byte in Frame(Kind.CALL, stream, Flag.END, self.head(connection, WHO_AM_I)).pack():
            connection.send_bytes(bytes([byte]))
        self.assertIn(b"app", connection.finish(stream))

    def test_who_breaks_a_connection_with_calls_in_flight_costs_nobody_else(self):
        watcher = self.connect("ops")
        stream = watcher.start(WATCH_MODELS, b"")
        breaker = self.connect("ops")
        breaker.start(WATCH_MODELS, b"")
        breaker.send_bytes(b"\xff" * 64)
        self.assert_broken(breaker, INVALID_ARGUMENT, "")
        self.assertTrue(next(watcher.messages(stream)))
