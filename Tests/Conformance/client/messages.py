"""The messages of Shared/Contracts/proto, as protoc compiled them for this run."""

import os
import pathlib

from google.protobuf import descriptor_pb2, message_factory

from client.frames import Kind

FILES = descriptor_pb2.FileDescriptorSet.FromString(
    pathlib.Path(os.environ["CONFORMANCE_MESSAGES"]).read_bytes()
)
_CLASSES = message_factory.GetMessages(FILES.file)


def message(name: str) -> type:
    """The class of a message by its full name."""
    return _CLASSES[name]


Hello = message("slipway.wire.v1.Hello")
Welcome = message("slipway.wire.v1.Welcome")
Proof = message("slipway.wire.v1.Proof")
Ready = message("slipway.wire.v1.Ready")
CallHeader = message("slipway.wire.v1.CallHeader")
Status = message("slipway.wire.v1.Status")
GoAway = message("slipway.wire.v1.GoAway")
Assertion = message("slipway.wire.v1.Assertion")
Credit = message("slipway.wire.v1.Credit")

# Kind to the message that its head is; ping and pong have any bytes.
HEADS = {
    Kind.CALL: CallHeader,
    Kind.END: Status,
    Kind.CREDIT: Credit,
    Kind.HELLO: Hello,
    Kind.WELCOME: Welcome,
    Kind.PROOF: Proof,
    Kind.READY: Ready,
    Kind.GO_AWAY: GoAway,
    Kind.ASSERTION: Assertion,
}

# Method's full name to the classes of its request and its response, out of the services' definitions.
METHODS = {
    f"{file.package}.{service.name}/{rpc.name}": (
        message(rpc.input_type.lstrip(".")),
        message(rpc.output_type.lstrip(".")),
    )
    for file in FILES.file
    for service in file.service
    for rpc in service.method
}
