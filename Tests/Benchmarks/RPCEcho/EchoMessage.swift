internal import Contracts
internal import RPC

/// Bit for bit the `EchoMessage` of References/common/echo.proto (`bytes` as field 1), through the same
/// generated bridge to protobuf-c as every message; spares the product a message that it has no use for.
typealias EchoMessage = Registry.GetChunkResponse

/// The echo, callable by the gateway's role as an inference is.
let echoCall = Method<EchoMessage, EchoMessage>(
  MethodDescriptor(
    name: "slipway.bench.Echo/Call", shape: .unary, effect: .safe, peers: ["gateway"]))
