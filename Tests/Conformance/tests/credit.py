"""Section 10: credit, each way, on real binaries."""

from client.connection import CREDIT, ZSTD
from client.frames import Frame, Kind
from client.messages import METHODS
from tests.suite import (
    GOLDENS,
    INVALID_ARGUMENT,
    MODEL,
    MODEL_INFER,
    SuiteTestCase,
)

GOLDEN = GOLDENS[1]


class CreditTests(SuiteTestCase):
    def connect_with_credit(self, **options):
        return self.connect(capabilities=ZSTD | CREDIT, **options)

    def infer(self, connection, repeat: int) -> int:
        return connection.start(MODEL_INFER, GOLDEN.request(repeat=repeat), model=MODEL)

    def answer(self, connection, stream: int, repeat: int) -> None:
        response = METHODS[MODEL_INFER][1].FromString(connection.finish(stream))
        self.assert_golden(GOLDEN, response, repeat=repeat)

    def test_large_requests_and_answers_pass_as_credit_allows(self):
        # The reader throws at whatever comes without credit.
        for credit in [1, 20_000, 4 << 20]:
            with self.subTest(credit):
                connection = self.connect_with_credit(
                    frame_bytes_max=16384, stream_credit=credit, connection_credit=credit
                )
                self.answer(connection, self.infer(connection, 1500), 1500)

    def test_what_is_not_granted_does_not_come(self):
        connection = self.connect_with_credit(frame_bytes_max=16384, stream_credit=1)
        connection.grants = False
        stream = self.infer(connection, 1500)
        while not connection.has_frame(stream):
            connection.take_frame()
        connection.ping(b"all that was sent is here")
        self.assertEqual(connection.next_frame(stream).kind, Kind.MESSAGE)
        self.assertFalse(connection.has_frame(stream))
        # Other streams go on meanwhile, the same way.
        self.answer(connection, self.infer(connection, 1), 1)
        connection.cancel(stream)
        self.assert_alive(connection)

    def test_the_rest_of_an_answer_comes_with_the_credit_for_it(self):
        connection = self.connect_with_credit(frame_bytes_max=16384, stream_credit=1)
        connection.grants = False
        stream = self.infer(connection, 1500)
        while not connection.has_frame(stream):
            connection.take_frame()
        connection.grant(stream, 1 << 20)
        self.answer(connection, stream, 1500)

    def test_a_malformed_credit_frame_breaks_the_connection(self):
        connection = self.connect_with_credit()
        connection.send(Frame(Kind.CREDIT, 0, head=b"\x0a\x01\x01"))
        self.assert_broken(connection, INVALID_ARGUMENT, "credit")
