"""Section 4: calls."""

import random

import zstandard

from client.connection import CallFailed
from client.frames import Flag, Frame, Header, Kind, compress
from client.messages import METHODS
from tests.suite import (
    DEADLINE_EXCEEDED,
    GOLDENS,
    INVALID_ARGUMENT,
    LIST_LEASES,
    MODEL,
    MODEL_INFER,
    MODEL_METADATA,
    PERMISSION_DENIED,
    RESOURCE_EXHAUSTED,
    SERVER_METADATA,
    UNAUTHENTICATED,
    UNIMPLEMENTED,
    WATCH_MODELS,
    WHO_AM_I,
    SuiteTestCase,
)

SEED = 20261123


class CallTests(SuiteTestCase):
    def test_calls_in_flight_are_answered_by_their_streams(self):
        connection = self.connect()
        wanted = {}
        for stream in random.Random(SEED).sample(range(1, 1 << 32), 200):
            golden = GOLDENS[stream % len(GOLDENS)]
            wanted[connection.start(MODEL_INFER, golden.request(), model=MODEL, stream=stream)] = golden
        for stream in reversed(wanted):
            response = METHODS[MODEL_INFER][1].FromString(connection.finish(stream))
            self.assertEqual(response.id, wanted[stream].title, f"seed {SEED}")
            self.assert_golden(wanted[stream], response)

    def test_a_stream_id_may_be_used_again_behind_its_end(self):
        connection = self.connect()
        for _ in range(3):
            self.assertEqual(connection.call(WHO_AM_I, stream=4294967295).principal, "app")

    def test_an_end_alone_is_the_empty_message_of_a_unary_call(self):
        connection = self.connect("ops")
        stream = connection.start(LIST_LEASES, METHODS[LIST_LEASES][0](model="nope"))
        frame = connection.next_frame(stream)
        self.assertEqual((frame.kind, frame.head, frame.body), (Kind.END, b"", b""))
        leases = connection.call(LIST_LEASES, METHODS[LIST_LEASES][0](model=MODEL)).leases
        self.assertEqual([lease.model for lease in leases], [MODEL])

    def test_a_method_that_is_not_in_the_table_is_unimplemented(self):
        connection = self.connect()
        for method in [len(connection.methods), 4294967295]:
            with self.subTest(method):
                stream = connection.start("", b"", method=method)
                self.assert_fails(UNIMPLEMENTED, str(method), lambda: connection.finish(stream))
        self.assert_alive(connection)

    def test_a_body_that_is_no_message_of_its_method_costs_the_call(self):
        connection = self.connect()
        for method in [MODEL_METADATA, MODEL_INFER]:
            with self.subTest(method):
                stream = connection.start(method, b"\xff\xff\xff", model=MODEL)
                self.assert_fails(INVALID_ARGUMENT, method.split("/")[1], lambda: connection.finish(stream))
        self.assert_alive(connection)

    def test_a_method_that_the_key_may_not_call_is_denied(self):
        connection = self.connect()
        self.assert_fails(PERMISSION_DENIED, "operator", lambda: connection.call(WATCH_MODELS))

    def test_fields_of_a_head_over_their_limits_cost_the_call(self):
        connection = self.connect()
        for fields in [
            {"model": "m" * 129},
            {"version": "v" * 129},
            {"routing_key": b"k" * 257},
            {"request_id": "r" * 65},
            {"traceparent": b"t" * 24},
            {"traceparent": b"t" * 26},
        ]:
            with self.subTest(fields):
                self.assert_fails(
                    INVALID_ARGUMENT, next(iter(fields)), lambda: connection.call(WHO_AM_I, **fields)
                )
        whole = {"routing_key": b"k" * 256, "request_id": "r" * 64, "traceparent": b"t" * 25}
        self.assertEqual(connection.call(WHO_AM_I, **whole).principal, "app")

    def test_a_slot_that_holds_no_assertion_costs_the_call(self):
        connection = self.connect()
        self.assert_fails(UNAUTHENTICATED, "slot 3", lambda: connection.call(WHO_AM_I, assertion_slot=3))

    def test_a_deadline_of_one_nanosecond_is_over(self):
        connection = self.connect()
        for method in [WHO_AM_I, MODEL_METADATA, MODEL_INFER]:
            request = GOLDENS[0].request() if method == MODEL_INFER else METHODS[method][0]()
            with self.subTest(method):
                self.assert_fails(
                    DEADLINE_EXCEEDED,
                    "time",
                    lambda: connection.call(method, request, model=MODEL, timeout_nanoseconds=1),
                )

    def test_a_stream_ends_at_its_deadline(self):
        connection = self.connect("ops")
        stream = connection.start(WATCH_MODELS, b"", timeout_seconds=0.2)
        self.assert_fails(DEADLINE_EXCEEDED, "", lambda: list(connection.messages(stream)))

    def test_a_request_that_never_becomes_whole_ends_at_its_deadline(self):
        connection = self.connect()
        head = self.head(connection, MODEL_INFER, timeout_nanoseconds=200_000_000)
        stream = self.send_call(connection, head, flags=Flag.MORE)
        self.assert_fails(DEADLINE_EXCEEDED, "", lambda: connection.finish(stream))

    def test_a_cancelled_call_gets_at_most_one_end(self):
        connection, golden = self.connect(), GOLDENS[0]
        streams = [connection.start(MODEL_INFER, golden.request(), model=MODEL) for _ in range(50)]
        for stream in streams:
            connection.cancel(stream)
        ends = []
        connection.send(Frame(Kind.PING))
        while not connection.pongs:
            frame = connection.take_frame()
            ends += [frame.stream] * (frame.kind == Kind.END)
        self.assertEqual(len(ends), len(set(ends)))
        self.assert_golden(golden, connection.call(MODEL_INFER, golden.request(), model=MODEL))

    def test_a_cancelled_stream_says_nothing_more(self):
        connection = self.connect("ops")
        stream = connection.start(WATCH_MODELS, b"")
        next(connection.messages(stream))
        connection.cancel(stream)
        self.assert_alive(connection)  # What was on its way has come before the pong.
        connection.expect(stream)
        self.assert_alive(connection)
        self.assertFalse(connection.has_frame(stream))

    def test_the_4097th_call_of_a_connection_is_refused_and_costs_only_itself(self):
        connection = self.connect()
        head = self.head(connection, WHO_AM_I)
        for stream in range(1, 4097):
            self.send_call(connection, head, flags=Flag.MORE, stream=stream)
        stream = self.send_call(connection, head, stream=4097)
        self.assert_fails(RESOURCE_EXHAUSTED, "4096", lambda: connection.finish(stream))
        connection.send(Frame(Kind.MESSAGE, 1, Flag.END))
        self.assertIn(b"app", connection.finish(1))
        self.assertEqual(connection.call(WHO_AM_I, stream=4098).principal, "app")


class PartTests(SuiteTestCase):
    def infer_in_parts(self, connection, parts: list[bytes], compressed: list[bool]):
        """One inference, its request in these parts."""
        stream = connection.stream_id()
        frames = connection.request(stream, self.head(connection, MODEL_INFER), parts)
        for place, frame in enumerate(frames):
            flag = Flag.COMPRESSED if compressed[place] else Flag.NONE
            connection.send(Frame(frame.kind, stream, frame.flags | flag, frame.head, frame.body))
        return METHODS[MODEL_INFER][1].FromString(connection.finish(stream))

    def test_a_request_may_come_in_parts_each_compressed_or_not(self):
        connection, golden = self.connect(), GOLDENS[1]
        body = golden.request().SerializeToString()
        for compressed in [[False] * 3, [True] * 3, [True, False, True], [False, True, False]]:
            with self.subTest(compressed):
                parts = [body[:1], body[1:100], body[100:]]
                self.assert_golden(golden, self.infer_in_parts(connection, parts, compressed))

    def test_parts_may_be_empty(self):
        connection, golden = self.connect(), GOLDENS[1]
        body = golden.request().SerializeToString()
        parts = [b"", body[:50], b"", body[50:], b""]
        self.assert_golden(golden, self.infer_in_parts(connection, parts, [False] * 5))

    def test_more_wins_over_end_and_the_head_of_a_part_is_ignored(self):
        connection = self.connect()
        head = self.head(connection, WHO_AM_I)
        stream = self.send_call(connection, head, flags=Flag.MORE | Flag.END)
        connection.send(Frame(Kind.PING), Frame(Kind.MESSAGE, stream, Flag.END, head=b"\xff"))
        first = connection.take_frame()
        self.assertEqual(first.kind, Kind.PONG)
        self.assertIn(b"app", connection.finish(stream))

    def test_the_first_frame_without_more_ends_a_request(self):
        connection = self.connect()
        stream = self.send_call(connection, self.head(connection, WHO_AM_I), flags=Flag.NONE)
        self.assertIn(b"app", connection.finish(stream))

    def test_a_method_of_the_server_itself_takes_parts(self):
        connection = self.connect()
        stream = self.send_call(connection, self.head(connection, SERVER_METADATA), flags=Flag.MORE)
        connection.send(Frame(Kind.MESSAGE, stream, Flag.END))
        self.assertIn(b"slipway", connection.finish(stream))

    def test_parts_of_many_requests_may_mix(self):
        connection, golden = self.connect(), GOLDENS[1]
        body, head = golden.request().SerializeToString(), self.head(connection, MODEL_INFER)
        requests = [
            connection.request(stream, head, [body[:40], body[40:80], body[80:]]) for stream in range(1, 31)
        ]
        for frames in zip(*requests):
            connection.send(*frames)
        for stream in range(1, 31):
            self.assert_golden(golden, METHODS[MODEL_INFER][1].FromString(connection.finish(stream)))

    def test_a_request_longer_than_a_frame_goes_in_parts(self):
        connection, golden = self.connect(), GOLDENS[1]
        request = golden.request(repeat=1500)
        self.assertGreater(request.ByteSize(), connection.frame_bytes_max)
        response = connection.call(MODEL_INFER, request, model=MODEL)
        self.assert_golden(golden, response, repeat=1500)

    def test_a_reply_goes_in_parts_that_the_client_takes(self):
        # The connection's reader throws at a payload over the limit.
        connection, golden = self.connect(frame_bytes_max=16384), GOLDENS[1]
        self.assertEqual(connection.frame_bytes_max, 16384)
        response = connection.call(MODEL_INFER, golden.request(repeat=1500), model=MODEL)
        self.assertGreater(response.ByteSize(), 4 * 16384)
        self.assert_golden(golden, response, repeat=1500)

    def test_the_smaller_frame_limit_holds_for_the_client_too(self):
        connection = self.connect(frame_bytes_max=16384)
        connection.send_bytes(Header(16385, 16385, 1, 0, Kind.CALL, Flag.END).pack())
        self.assert_broken(connection, INVALID_ARGUMENT, "16384")

    def test_a_message_over_64_MiB_costs_its_call(self):
        connection = self.connect()
        stream = self.send_call(connection, self.head(connection, SERVER_METADATA), flags=Flag.MORE)
        body = bytes(connection.frame_bytes_max)
        part = Frame(Kind.MESSAGE, stream, Flag.MORE | Flag.COMPRESSED, body=body).pack()
        connection.send_bytes(part * ((64 << 20) // len(body) + 1))
        self.assert_fails(RESOURCE_EXHAUSTED, "67108864", lambda: connection.finish(stream))
        self.assert_alive(connection)


class CompressionTests(SuiteTestCase):
    def test_a_compressed_request_is_read(self):
        connection = self.connect()
        for golden, repeat in [(GOLDENS[0], 1), (GOLDENS[1], 1), (GOLDENS[1], 3000)]:
            with self.subTest(golden.title, repeat=repeat):
                request = golden.request(repeat=repeat)
                response = connection.call(MODEL_INFER, request, model=MODEL, compress=True)
                self.assert_golden(golden, response, repeat)

    def test_a_body_that_does_not_inflate_to_what_it_says_costs_the_call(self):
        connection = self.connect()
        body = GOLDENS[1].request().SerializeToString()
        bodies = {
            "one byte less": (compress(body), len(body) - 1),
            "one byte more": (compress(body), len(body) + 1),
            "no content size": (zstandard.ZstdCompressor(write_content_size=False).compress(body), len(body)),
            "two frames": (compress(body) + compress(body), len(body)),
            "something behind": (compress(body) + b"\x00", len(body)),
            "half a frame": (compress(body)[:-9], len(body)),
            "no zstd": (b"no zstd at all", len(body)),
            "nothing": (compress(b""), 0),
        }
        for method in [MODEL_INFER, MODEL_METADATA]:
            head = self.head(connection, method)
            for title, (wire, inflated) in bodies.items():
                with self.subTest(title, method=method):
                    stream = connection.stream_id()
                    connection.expect(stream)
                    header = Header(
                        len(head) + len(wire),
                        inflated,
                        stream,
                        len(head),
                        Kind.CALL,
                        Flag.END | Flag.COMPRESSED,
                    )
                    connection.send_bytes(header.pack() + head + wire)
                    self.assert_fails(INVALID_ARGUMENT, "", lambda: connection.finish(stream))
        self.assert_alive(connection)

    def test_a_compressed_body_that_is_not_there_or_over_the_limit_breaks_the_connection(self):
        for wire, inflated in [
            (b"", 5),
            (compress(b"small"), (1 << 20) + 1),
            (compress(b"small"), 0xFFFFFFFF),
        ]:
            with self.subTest(wire=len(wire), inflated=inflated):
                connection = self.connect()
                header = Header(len(wire), inflated, 1, 0, Kind.CALL, Flag.END | Flag.COMPRESSED)
                connection.send_bytes(header.pack() + wire)
                self.assert_broken(connection, INVALID_ARGUMENT, "frame")


class StreamTests(SuiteTestCase):
    def test_a_server_stream_brings_every_model_then_waits(self):
        connection = self.connect("ops")
        stream = connection.start(WATCH_MODELS, b"")
        states = []
        for content in connection.messages(stream):
            state = METHODS[WATCH_MODELS][1].FromString(content)
            if not state.model:
                break
            states.append(state)
        self.assertEqual([state.model for state in states], [MODEL])
        self.assertEqual([lease.version for lease in states[0].leases], [1])
        self.assertEqual(connection.call(WHO_AM_I).principal, "ops")  # Beside the open stream.

    def test_a_failed_stream_ends_once(self):
        connection = self.connect()
        stream = connection.start(WATCH_MODELS, b"")
        with self.assertRaises(CallFailed):
            list(connection.messages(stream))
        connection.expect(stream)
        self.assert_alive(connection)
        self.assertFalse(connection.has_frame(stream))
