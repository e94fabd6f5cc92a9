import CLoad
import Foundation
import GRPCCore
import GRPCNIOTransportHTTP2
import GRPCProtobuf
import NIOPosix
import Synchronization

/// Keeps M calls in flight on each of K connections, one task a call, and reports what it saw. Unchecked
/// because tasks share the histogram, which they write with atomic additions only.
final class LoadClient: @unchecked Sendable {
  private enum Phase: Int {
    case warming, measuring, draining
  }

  private var options: load_options
  private let request: EchoMessage
  private let histogram: OpaquePointer
  private let phase = Atomic<Int>(Phase.warming.rawValue)
  private let errors = Atomic<UInt64>(0)

  init(options: load_options) throws {
    var size = 0
    guard let bytes = load_payload_create(options.payload, &size),
      let histogram = load_histogram_create()
    else { throw RPCError(code: .invalidArgument, message: "no such payload") }
    defer { free(bytes) }
    self.options = options
    self.histogram = histogram
    self.request = .with { $0.value = Data(bytes: bytes, count: size) }
  }

  func run() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    try await withThrowingTaskGroup(of: Void.self) { connections in
      var clients: [GRPCClient<HTTP2ClientTransport.Posix>] = []
      for _ in 0..<options.connections {
        let client = GRPCClient(
          transport: try HTTP2ClientTransport.Posix(
            target: .ipv4(address: "127.0.0.1", port: Int(options.port)),
            transportSecurity: .plaintext, eventLoopGroup: group))
        clients.append(client)
        connections.addTask { try await client.runConnections() }
      }
      try await measure(clients)
      for client in clients { client.beginGracefulShutdown() }
      try await connections.waitForAll()
    }
  }

  private func measure(_ clients: [GRPCClient<HTTP2ClientTransport.Posix>]) async throws {
    try await withThrowingTaskGroup(of: Void.self) { calls in
      for client in clients {
        for _ in 0..<options.inflight { calls.addTask { try await self.callUntilDraining(client) } }
      }
      var window = load_window()
      try await Task.sleep(for: .seconds(options.warm_up_seconds))
      load_window_open(&window, &options)
      phase.store(Phase.measuring.rawValue, ordering: .relaxed)
      try await Task.sleep(for: .seconds(options.seconds))
      load_window_close(&window, &options)
      phase.store(Phase.draining.rawValue, ordering: .relaxed)
      try await calls.waitForAll()
      load_report(&options, &window, histogram, errors.load(ordering: .relaxed))
    }
  }

  private func callUntilDraining(_ client: GRPCClient<HTTP2ClientTransport.Posix>) async throws {
    let size = request.value.count
    while phase.load(ordering: .relaxed) != Phase.draining.rawValue {
      let sent = load_now_nanoseconds()
      let right = try await client.unary(
        request: ClientRequest(message: request), descriptor: echoCall,
        serializer: ProtobufSerializer<EchoMessage>(),
        deserializer: ProtobufDeserializer<EchoMessage>(), options: .defaults
      ) { response in try response.message.value.count == size }
      if !right { errors.add(1, ordering: .relaxed) }
      if phase.load(ordering: .relaxed) == Phase.measuring.rawValue {
        load_histogram_record_shared(histogram, load_now_nanoseconds() - sent)
      }
    }
  }
}
