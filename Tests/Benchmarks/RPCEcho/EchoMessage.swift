internal import Contracts
internal import RPC

/// Bit for bit the `EchoMessage` of References/common/echo.proto (`bytes` as field 1), through the same
/// generated bridge to protobuf-c as every message; spares the product a message that it has no use for.
typealias EchoMessage = Registry.GetChunkResponse

/// What the server can be asked; callable by the gateway's role as an inference is.
enum Echo {
  static let call = method("Call", .unary)
  /// Answers with the request, again and again, until the caller cancels.
  static let `repeat` = method("Repeat", .serverStream)
  /// Answers with all requests, one behind the other.
  static let join = method("Join", .clientStream)
  /// Answers each request with itself, as soon as it is there.
  static let chat = method("Chat", .twoWayStream)

  private static func method(
    _ name: String, _ shape: MethodShape
  ) -> Method<EchoMessage, EchoMessage> {
    Method(
      MethodDescriptor(
        name: "slipway.bench.Echo/\(name)", shape: shape, effect: .safe, peers: ["gateway"]))
  }
}
