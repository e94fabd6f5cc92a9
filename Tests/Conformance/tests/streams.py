"""Sections 4 and 10 with requests that are streams: no service of the suite has such methods yet, so that the echo
server of the benchmarks answers, to a service that proves itself with its role key."""

import os
import pathlib
import random
import unittest

from client.connection import CREDIT, ZSTD, Closed, Connection
from client.frames import Flag, Frame, Kind
from client.handshake import Service
from client.messages import CallHeader, message
from tests.suite import DEADLINE_EXCEEDED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAUTHENTICATED, Expectations

ADDRESS = os.environ["CONFORMANCE_ECHO"]
KEYS = pathlib.Path(os.environ["CONFORMANCE_ECHO_ROLES"])
# The key that the benchmarks give the gateway's role; it guards nothing.
GATEWAY = Service("gateway", bytes([1]) * 32)
CALL, REPEAT, JOIN, CHAT = (f"slipway.bench.Echo/{name}" for name in ("Call", "Repeat", "Join", "Chat"))
EchoMessage = message("slipway.bench.EchoMessage")
SEED = 20261123
WINDOW = 4 << 20


def echo(payload: bytes) -> bytes:
    """A message as bytes."""
    return EchoMessage(payload=payload).SerializeToString()


def payload(content: bytes) -> bytes:
    """What a message holds."""
    return EchoMessage.FromString(content).payload


class EchoTestCase(Expectations, unittest.TestCase):
    def connect(self, **options) -> Connection:
        """A connection with credit unless told otherwise."""
        options = {"capabilities": ZSTD | CREDIT} | options
        return self.enterContext(Connection(ADDRESS, service=GATEWAY, keys=KEYS, **options))

    def assert_serves(self) -> None:
        """The server takes a new connection and answers a call."""
        connection = self.connect()
        self.assertEqual(payload(connection.finish(connection.start(CALL, echo(b"here")))), b"here")


class ServiceTests(EchoTestCase):
    def test_a_service_proves_itself_with_its_role_key(self):
        connection = self.connect()
        self.assertEqual(connection.welcome.role, "inference-worker")
        self.assertLessEqual({CALL, REPEAT, JOIN, CHAT}, set(connection.methods))

    def test_another_key_and_another_role_are_refused(self):
        for service in [Service("gateway", bytes([3]) * 32), Service("registry", bytes([1]) * 32)]:
            with self.subTest(service.role), self.assertRaises(Closed) as closed:
                Connection(ADDRESS, service=service, keys=KEYS)
            self.assert_said(closed.exception, UNAUTHENTICATED, "")


class ClientStreamTests(EchoTestCase):
    def join(self, connection: Connection, messages: list[bytes], compress=False) -> bytes:
        """What the server makes of a stream of messages."""
        stream = connection.open(JOIN)
        for content in messages:
            connection.write(stream, echo(content), compress=compress)
        connection.end(stream)
        return payload(connection.finish(stream))

    def test_every_message_arrives_in_order(self):
        chance = random.Random(SEED)
        messages = [chance.randbytes(size) for size in [1, 0, 10_000, 3 << 20, 5, 1 << 20]]
        for options in [{}, {"frame_bytes_max": 16384}, {"capabilities": 0}]:
            for compress in [False, "capabilities" not in options]:
                with self.subTest(options, compress=compress, seed=SEED):
                    connection = self.connect(**options)
                    self.assertEqual(self.join(connection, messages, compress), b"".join(messages))

    def test_a_stream_without_messages_has_an_answer(self):
        self.assertEqual(self.join(self.connect(), []), b"")

    def test_the_call_frame_may_bring_the_first_message_and_an_end_the_last(self):
        connection = self.connect()
        stream = connection.stream_id()
        connection.expect(stream)
        head = CallHeader(method=connection.methods.index(JOIN)).SerializeToString()
        connection.send_paced(
            Frame(Kind.CALL, stream, head=head, body=echo(b"first ")),
            Frame(Kind.MESSAGE, stream, Flag.MORE, body=echo(b"middle ")[:4]),
            Frame(Kind.MESSAGE, stream, body=echo(b"middle ")[4:]),
            Frame(Kind.MESSAGE, stream, Flag.END, body=echo(b"last")),
        )
        self.assertEqual(payload(connection.finish(stream)), b"first middle last")

    def test_more_than_every_window_goes_as_credit_comes_back(self):
        connection, part = self.connect(), bytes(1 << 20)
        self.assertEqual(connection.welcome.stream_credit, WINDOW)
        sent = 5 * WINDOW  # More than the connection's balance as well.
        self.assertEqual(len(self.join(connection, [part] * (sent // len(part)))), sent)

    def test_a_body_that_is_no_message_costs_the_call(self):
        connection = self.connect()
        stream = connection.open(JOIN)
        connection.write(stream, echo(b"good"))
        connection.write(stream, b"\xff\xff\xff")
        self.assert_fails(INVALID_ARGUMENT, "", lambda: connection.finish(stream))
        connection.write(stream, b"crosses the end")
        self.assert_alive(connection)

    def test_a_message_behind_the_end_breaks_the_connection(self):
        connection = self.connect()
        stream = connection.open(CHAT)
        connection.grants = False
        for _ in range(6):  # Until the answers wait for credit, so that the call is alive.
            connection.write(stream, echo(bytes(1 << 20)))
        connection.end(stream)
        connection.send(Frame(Kind.MESSAGE, stream, Flag.END))
        self.assert_broken(connection, INVALID_ARGUMENT, f"stream {stream}")

    def test_a_stream_that_never_ends_is_over_at_its_deadline(self):
        connection = self.connect()
        stream = connection.open(JOIN, timeout_seconds=0.2)
        connection.write(stream, echo(b"and then"))
        self.assert_fails(DEADLINE_EXCEEDED, "", lambda: connection.finish(stream))
        self.assert_alive(connection)

    def test_a_cancelled_stream_says_nothing_more(self):
        connection = self.connect()
        stream = connection.open(JOIN)
        connection.write(stream, echo(b"for nothing"))
        connection.cancel(stream)
        connection.expect(stream)
        connection.write(stream, echo(b"crosses the cancel"))
        self.assert_alive(connection)
        self.assertFalse(connection.has_frame(stream))
        self.assertEqual(self.join(connection, [b"another"]), b"another")


class TwoWayStreamTests(EchoTestCase):
    def test_each_message_is_answered_before_the_next(self):
        connection = self.connect()
        stream, other = connection.open(CHAT), connection.open(CHAT)
        answers, others = connection.messages(stream), connection.messages(other)
        for number, size in enumerate([0, 1, 5000, 3 << 20]):
            content = bytes([number]) * size
            connection.write(stream, echo(content), compress=number % 2 == 1)
            connection.write(other, echo(b"other"))
            self.assertEqual(payload(next(answers)), content)
            self.assertEqual(payload(next(others)), b"other")
            self.assert_alive(connection)
        connection.end(stream)
        self.assertEqual(list(answers), [])
        connection.write(other, echo(b"still open"))
        self.assertEqual(payload(next(others)), b"still open")

    def test_a_reader_that_stops_stops_its_own_stream_only(self):
        connection = self.connect()
        connection.grants = False
        stuck = connection.open(CHAT)
        sent = 0
        while connection.mine[stuck] > 0 or connection.theirs[stuck] > 0:
            if connection.mine[stuck] > 0:
                connection.write(stuck, echo(bytes(1 << 18)))
                sent += 1
            else:
                connection.take_frame()
        # Answers until our credit was spent, then none: the server reads no further and gives none back.
        self.assertLess(sent << 18, 3 * WINDOW)
        connection.grant(0, 16 << 20)
        connection.grants = True
        self.assert_serves_beside(connection)
        # Without credit of the stream: costs the call.
        connection.send(Frame(Kind.MESSAGE, stuck, body=echo(b"no credit")))
        self.assert_fails(RESOURCE_EXHAUSTED, "credit", lambda: list(connection.messages(stuck)))
        self.assert_serves_beside(connection)

    def assert_serves_beside(self, connection: Connection) -> None:
        """Other streams of the connection go on."""
        stream = connection.start(CALL, echo(b"beside"))
        self.assertEqual(payload(connection.finish(stream)), b"beside")


class ServerStreamTests(EchoTestCase):
    def test_answers_come_as_far_as_credit_reaches_and_stop_with_the_cancel(self):
        content = echo(bytes(1000))
        connection = self.connect(stream_credit=10_000)
        connection.grants = False
        stream = connection.start(REPEAT, content)
        expected = -(-10_000 // (len(content) + 64))
        for round_ in range(3):
            for _ in range(expected):
                self.assertEqual(connection.next_frame(stream).body, content)
            self.assert_alive(connection)
            self.assertFalse(connection.has_frame(stream), f"round {round_}")
            spent = expected * (len(content) + 64)
            connection.grant(0, spent)
            connection.grant(stream, spent)
        connection.cancel(stream)
        self.assert_alive(connection)
        connection.expect(stream)
        self.assert_alive(connection)
        self.assertFalse(connection.has_frame(stream))

    def test_a_stream_whose_answers_nobody_takes_stops_at_the_connection_s_credit(self):
        connection = self.connect(stream_credit=1 << 30, connection_credit=1 << 20)
        connection.grants = False
        stream = connection.start(REPEAT, echo(bytes(100_000)))
        while connection.theirs[0] > 0:
            connection.take_frame()
        self.assert_alive(connection)
        self.assertLess(sum(len(connection.next_frame(stream).body) for _ in range(11)), 1 << 21)
        self.assertFalse(connection.has_frame(stream))
        connection.grants = True
        connection.grant(0, 1 << 20)
        self.assertTrue(connection.next_frame(stream).body)
