"""Section 3: the handshake."""

import os
import pathlib
import ssl
import unittest

from client.connection import CREDIT, ZSTD, Closed, Connection
from client.frames import PREFACE, Flag, Frame, Header, Kind, Malformed
from client.handshake import Untrusted, verify
from client.messages import Proof, Welcome
from tests.suite import (
    ADDRESS,
    DEADLINE_EXCEEDED,
    FAILED_PRECONDITION,
    INVALID_ARGUMENT,
    IS_SECURE,
    MODEL_INFER,
    TRUSTED,
    UNAUTHENTICATED,
    WATCH_MODELS,
    WHO_AM_I,
    SuiteTestCase,
    key,
)

UNKNOWN_CONTROL = Header(payload=3, inflated=9, stream=0, head=0, kind=0xF0, flags=0xFF).pack() + b"123"


class HandshakeTests(SuiteTestCase):
    def refusal(self, **options) -> Closed:
        """What the server says to a handshake that it refuses."""
        with self.assertRaises(Closed) as closed:
            self.connect(**options)
        return closed.exception

    def test_a_key_opens_a_connection_to_a_server_that_has_proven_itself(self):
        connection = self.connect()  # Verifies address, nonce and signature before it shows the key.
        self.assertEqual((connection.welcome.version, connection.welcome.role), (1, "gateway"))
        self.assertEqual(connection.welcome.capabilities, ZSTD)
        self.assertLessEqual({WHO_AM_I, MODEL_INFER, WATCH_MODELS}, set(connection.methods))
        self.assertEqual(len(set(connection.methods)), len(connection.methods))

    @unittest.skipIf(IS_SECURE, "over TLS the certificate proves the server")
    def test_what_the_server_signs_holds_for_no_other_handshake(self):
        connection = self.connect_bare()
        hello = connection.hello()
        connection.send_bytes(PREFACE)
        connection.send(Frame(Kind.HELLO, head=hello.SerializeToString()))
        welcome = Welcome.FromString(connection.read_frame().head)
        verify(hello, welcome, ADDRESS, TRUSTED["keys"])
        for title, changed in {
            "nonce": connection.hello(nonce=os.urandom(32)),
            "role": connection.hello(nonce=hello.nonce, role="registry"),
        }.items():
            with self.subTest(title), self.assertRaises(Untrusted):
                verify(changed, welcome, ADDRESS, TRUSTED["keys"])

    def test_two_handshakes_have_two_nonces(self):
        self.assertNotEqual(self.connect().welcome.nonce, self.connect().welcome.nonce)

    def test_every_cause_of_a_refusal_has_one_text(self):
        texts = set()
        wrong = bytes([key()[-1] ^ 1])
        for title, shown in {
            "a wrong secret": key()[:-1] + wrong,
            "an unknown key": b"slip_" + b"A" * (len(key()) - 5),
            "no key": b"",
            "no text": b"\xff\x00",
        }.items():
            with self.subTest(title):
                with self.assertRaises(Closed) as closed:
                    Connection(ADDRESS, shown, **TRUSTED)
                self.assert_said(closed.exception, UNAUTHENTICATED, "")
                texts.add(closed.exception.go_away.message)
        for role in ["registry", "nobody", ""]:
            with self.subTest(role=role):
                connection = self.connect_bare()
                hello = connection.hello(role=role)
                proof = Proof(api_key=key()).SerializeToString()
                connection.send_bytes(PREFACE)
                connection.send(
                    Frame(Kind.HELLO, head=hello.SerializeToString()), Frame(Kind.PROOF, head=proof)
                )
                closed = connection.read_until_closed()
                self.assert_said(closed, UNAUTHENTICATED, "")
                texts.add(closed.go_away.message)
        self.assertEqual(len(texts), 1, texts)

    def test_the_lower_of_the_two_highest_versions_is_spoken(self):
        self.assertEqual(self.connect(version=9).welcome.version, 1)

    def test_no_version_in_common_is_refused(self):
        for fields in [{"version": 9, "version_min": 2}, {"version": 0, "version_min": 0}]:
            with self.subTest(fields):
                self.assert_said(self.refusal(**fields), FAILED_PRECONDITION, "version")

    def test_capabilities_count_where_both_have_them(self):
        for offered, common in [(0, 0), (ZSTD, ZSTD), (0xFF, ZSTD | CREDIT), (0xFE, CREDIT)]:
            with self.subTest(offered=offered):
                self.assertEqual(self.connect(capabilities=offered).welcome.capabilities, common)

    def test_a_hello_that_breaks_the_rules_is_refused(self):
        for fields in [{"nonce": b"short"}, {"frame_bytes_max": 16383}]:
            with self.subTest(fields):
                self.assert_said(self.refusal(**fields), INVALID_ARGUMENT, "hello")

    def test_unknown_control_frames_between_those_of_the_handshake_are_skipped(self):
        connection = self.connect_bare()
        connection.send_bytes(PREFACE + UNKNOWN_CONTROL)
        connection.send(Frame(Kind.HELLO, head=connection.hello().SerializeToString()))
        self.assertEqual(connection.read_frame().kind, Kind.WELCOME)
        connection.send_bytes(UNKNOWN_CONTROL)
        connection.send(Frame(Kind.PROOF, head=Proof(api_key=key()).SerializeToString()))
        self.assertEqual(connection.read_frame().kind, Kind.READY)

    def test_other_frames_before_ready_break_the_connection(self):
        for frame in [
            Frame(Kind.PING, head=b"early"),
            Frame(Kind.CALL, 1, Flag.END),
            Frame(Kind.PROOF, head=Proof(api_key=key()).SerializeToString()),
        ]:
            with self.subTest(Kind(frame.kind).name):
                connection = self.connect_bare()
                connection.send_bytes(PREFACE)
                connection.send(frame)
                self.assert_broken(connection, FAILED_PRECONDITION, "")

    def test_frames_before_ready_are_small(self):
        connection = self.connect_bare()
        connection.send_bytes(PREFACE + Header(65537, 0, 0, 65535, Kind.HELLO, 0).pack())
        self.assert_broken(connection, INVALID_ARGUMENT, "65536")

    def test_a_wrong_preface_is_closed(self):
        for content in [b"GET / HTTP/1.1\r\nHost: slipway\r\n\r\n", b"SLIPWAY\x02", b"\x00" * 64]:
            with self.subTest(content):
                connection = self.connect_bare()
                connection.send_bytes(content)
                self.assert_broken(connection, INVALID_ARGUMENT, "SLIPWAY")

    def test_who_does_not_finish_the_handshake_in_5_seconds_is_closed(self):
        hello = Frame(Kind.HELLO, head=self.connect_bare().hello().SerializeToString()).pack()
        contents = {"silence": b"", "half a hello": PREFACE + hello[:9], "no proof": PREFACE + hello}
        connections = {title: self.connect_bare() for title in contents}
        for title, connection in connections.items():
            connection.send_bytes(contents[title])
        for title, connection in connections.items():
            with self.subTest(title):
                self.assert_broken(connection, DEADLINE_EXCEEDED, "handshake")


@unittest.skipUnless(IS_SECURE, "is about TLS")
class SecuredTests(SuiteTestCase):
    def test_a_connection_is_secured_by_tls_1_3(self):
        self.assertEqual(self.connect().socket.version(), "TLSv1.3")

    def test_a_server_of_another_role_is_not_shown_the_key(self):
        connection = self.connect_bare()
        hello = connection.hello()
        connection.send_bytes(PREFACE)
        connection.send(Frame(Kind.HELLO, head=hello.SerializeToString()))
        welcome = Welcome.FromString(connection.read_frame().head)
        verify(hello, welcome, ADDRESS, TRUSTED["keys"], certified="gateway")
        with self.assertRaises(Untrusted):
            verify(hello, welcome, ADDRESS, TRUSTED["keys"], certified="registry")

    def test_a_server_of_another_authority_is_refused(self):
        other = pathlib.Path(os.environ["CONFORMANCE_OTHER_CERTS"])
        with self.assertRaises(ssl.SSLCertVerificationError):
            Connection(ADDRESS, key(), **TRUSTED | {"certs": other})

    def test_a_client_without_tls_gets_nothing(self):
        with self.assertRaises((Closed, Malformed)):
            Connection(ADDRESS, key(), keys=TRUSTED["keys"])
        self.assert_serves()
