internal import Contracts
internal import LoadLoop
internal import RPC
internal import ServiceRuntime
internal import TransportTCP
internal import Trust

/// Keeps echoes in flight, each with a deadline and a traceparent.
enum EchoClient {
  static func run(_ options: LoadOptions, isAsync: Bool, wire: EchoWire) async throws {
    guard let payload = options.payloadBytes(), let meter = LoadMeter(options) else {
      throw RPCError(.invalidArgument, "there is no payload `\(options.payload)`")
    }
    let link = wire.loops.next()
    let authenticator = ServicePeerAuthenticator(
      identity: try BenchmarkKeys.identity(of: BenchmarkKeys.clientRole),
      trust: try BenchmarkKeys.trust(), server: BenchmarkKeys.serverRole)
    var connections: [ClientConnection] = []
    for _ in 0..<options.connections {
      connections.append(
        try await TCPClient.connect(
          to: "\(wire.host):\(options.port)", on: link, authenticator: authenticator,
          tls: wire.tls(of: BenchmarkKeys.clientRole.rawValue), compresses: wire.compresses,
          polls: wire.polls))
    }
    var callOptions = CallOptions(timeout: .seconds(30))
    callOptions.metadata.traceparent = TraceParent()
    let size = payload.count
    let call = LoadCall(Echo.call, EchoMessage(content: payload), options: callOptions) {
      $0.content.count == size
    }
    if isAsync {
      try await AsyncLoad.run(call, on: connections, inflight: options.inflight, meter: meter)
    } else {
      try await CallbackLoad.run(call, on: connections, inflight: options.inflight, meter: meter)
    }
  }
}
