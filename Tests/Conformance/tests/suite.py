"""The running suite that the tests speak to, and what they ask of it."""

from __future__ import annotations

import base64
import json
import os
import pathlib
import struct
import unittest

from client.connection import CallFailed, Closed, Connection
from client.frames import Frame, Kind
from client.messages import METHODS, CallHeader

ROOT = pathlib.Path(__file__).resolve().parents[3]
ADDRESS = os.environ["CONFORMANCE_ADDRESS"]
# What a client is to have of the machine's keys: those of its roles, or over TLS the authority's.
TRUSTED = {"keys": pathlib.Path(os.environ["CONFORMANCE_ROLES"])}
IS_SECURE = bool(os.environ.get("CONFORMANCE_CERTS"))
if IS_SECURE:
    TRUSTED["certs"] = pathlib.Path(os.environ["CONFORMANCE_CERTS"])
KEYS = pathlib.Path(os.environ["CONFORMANCE_KEYS"])

WHO_AM_I = "slipway.gateway.v1.Gateway/WhoAmI"
WATCH_MODELS = "slipway.registry.v1.Registry/WatchModels"
LIST_LEASES = "slipway.registry.v1.Registry/ListLeases"
SERVER_METADATA = "inference.GRPCInferenceService/ServerMetadata"
MODEL_METADATA = "inference.GRPCInferenceService/ModelMetadata"
MODEL_INFER = "inference.GRPCInferenceService/ModelInfer"
MODEL = "mlp"

FAILED_PRECONDITION, INVALID_ARGUMENT, DEADLINE_EXCEEDED, NOT_FOUND = 9, 3, 4, 5
PERMISSION_DENIED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAVAILABLE, UNAUTHENTICATED = 7, 8, 12, 14, 16


def key(name: str = "app") -> bytes:
    """An API key: `app` may call the model, `dana` every model, `ops` operates."""
    return (KEYS / f"{name}.apikey").read_bytes().strip()


class Golden:
    """A request to the model and the probabilities that Python's ONNX Runtime gave for it."""

    def __init__(self, case: dict):
        (tensor,), (output,) = case["inputs"], case["outputs"]
        self.title, self.shape, self.contents = (
            case["title"],
            tensor["shape"],
            base64.b64decode(tensor["contents"]),
        )
        self.output_shape = output["shape"]
        self.probabilities = floats(base64.b64decode(output["contents"]))

    def request(self, repeat: int = 1, shape: list[int] | None = None, model: str = MODEL):
        """The inputs `repeat` times over, as one batch."""
        request = METHODS[MODEL_INFER][0](model_name=model, id=self.title)
        batch = [self.shape[0] * repeat, *self.shape[1:]]
        request.inputs.add(name="x", datatype="FP32", shape=shape or batch)
        request.raw_input_contents.append(self.contents * repeat)
        return request


def floats(content: bytes) -> list[float]:
    """Little-endian float32."""
    return list(struct.unpack(f"<{len(content) // 4}f", content))


def goldens() -> list[Golden]:
    """Every golden case of the model."""
    cases = json.loads((ROOT / "Tests/Golden/models/goldens.json").read_text())
    return [Golden(case) for case in cases if case["model"] == MODEL]


GOLDENS = goldens()


class Expectations:
    """What tests of any server expect of it; `assert_serves` is theirs."""

    def assert_fails(self, code: int, text: str, act) -> None:
        """The call ends with the code, and a message that holds the text."""
        with self.assertRaises(CallFailed) as failed:
            act()
        self.assertEqual(failed.exception.code, code, failed.exception.message)
        self.assertIn(text, failed.exception.message)

    def assert_broken(self, connection: Connection, code: int, text: str) -> None:
        """The server says go-away with the code and the text, then closes, and still serves others."""
        closed = connection.read_until_closed()
        self.assert_said(closed, code, text)
        self.assert_serves()

    def assert_said(self, closed: Closed, code: int, text: str) -> None:
        """A go-away with the code and the text came before the close."""
        self.assertIsNotNone(closed.go_away, "the server closed without go-away")
        self.assertEqual(closed.go_away.code, code, closed.go_away.message)
        self.assertIn(text, closed.go_away.message)

    def assert_alive(self, connection: Connection) -> None:
        """The connection answers."""
        self.assertEqual(connection.ping(b"alive?"), b"alive?")


class SuiteTestCase(Expectations, unittest.TestCase):
    """Connections to the gateway, closed behind each test."""

    def connect(self, key_name: str = "app", **options) -> Connection:
        """A connection that is ready for calls."""
        return self.enterContext(Connection(ADDRESS, key(key_name), **TRUSTED, **options))

    def connect_bare(self) -> Connection:
        """A TCP connection on which nothing has been said."""
        return self.enterContext(Connection(ADDRESS, handshake=False, **TRUSTED))

    def head(self, connection: Connection, method: str, **fields) -> bytes:
        """A call's head."""
        fields = {"method": connection.methods.index(method), "model": MODEL} | fields
        return CallHeader(**fields).SerializeToString()

    def assert_serves(self) -> None:
        """The server takes a new connection and answers a call."""
        self.assertEqual(self.connect().call(WHO_AM_I).principal, "app")

    def send_call(
        self, connection: Connection, head: bytes, body: bytes = b"", flags: int = 4, stream: int = 1
    ) -> int:
        """A call frame as it is told; returns its stream."""
        connection.expect(stream)
        connection.send(Frame(Kind.CALL, stream, flags, head, body))
        return stream

    def assert_golden(self, golden: Golden, response, repeat: int = 1) -> None:
        """The response holds the golden answer."""
        (output,) = response.outputs
        shape = [golden.output_shape[0] * repeat, *golden.output_shape[1:]]
        self.assertEqual((output.name, output.datatype, list(output.shape)), ("probabilities", "FP32", shape))
        raw = response.raw_output_contents
        answer = floats(raw[0]) if raw else list(output.contents.fp32_contents)
        self.assertEqual(len(answer), len(golden.probabilities) * repeat)
        for place, (got, wanted) in enumerate(zip(answer, golden.probabilities * repeat)):
            self.assertAlmostEqual(got, wanted, delta=1e-5, msg=f"{golden.title}, element {place}")
