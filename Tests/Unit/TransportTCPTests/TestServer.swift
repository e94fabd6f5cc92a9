import Base
import Foundation
import RPC
import RPCTestKit
import TLSTestKit
import Testing
import TransportInProcess
import TransportTCP

/// A server of the test service behind one of the carriers, on the machine's own clock.
final class TestServer: Sendable {
  let service: TestService
  let core: ServerCore
  let carrier: Carrier
  private let compresses: Bool?
  private let authority: TestAuthority?
  private let listener: TCPServer?
  private let loop = SystemLoop()

  /// Runs `body` on a server, which ends when it returns or throws.
  static func run(
    _ carrier: Carrier, limits: ServerLimits = .patient, role: String = "gateway",
    signature: [UInt8]? = nil, compresses: Bool? = nil,
    _ body: (TestServer) async throws -> Void
  ) async throws {
    let server = try await TestServer(
      carrier, limits: limits, role: role, signature: signature, compresses: compresses)
    do {
      try await body(server)
    } catch {
      await server.end(grace: .zero)
      throw error
    }
    await server.end(grace: .zero)
  }

  private init(
    _ carrier: Carrier, limits: ServerLimits, role: String, signature: [UInt8]?,
    compresses: Bool?
  ) async throws {
    self.carrier = carrier
    self.compresses = compresses
    service = TestService()
    core = service.core(role: role, signature: signature, limits: limits)
    authority = carrier == .tls ? try TestAuthority() : nil
    listener =
      carrier == .inProcess
      ? nil
      : try await TCPServer.listen(
        core: core, host: "127.0.0.1", port: 0, tls: try authority?.settings(role: role),
        compresses: compresses)
  }

  /// `host:port`; of nothing that can be dialled in process.
  var address: String { listener?.address ?? "" }

  var port: Int { address.split(separator: ":").last.flatMap { Int($0) } ?? 0 }

  /// A connection that is ready.
  func connect(
    as authenticator: TestClientAuthenticator = .admin,
    settings: ConnectionSettings = ConnectionSettings(),
    onRetired: @escaping @Sendable (ClientConnection) -> Void = { _ in }
  ) async throws(RPCError) -> ClientConnection {
    guard let listener else {
      let link = InProcessLink.connect(
        core: core, loop: loop, authenticator: authenticator, settings: settings,
        compresses: compresses ?? false, onRetired: onRetired)
      try await link.client.waitUntilReady()
      return link.client
    }
    return try await TCPClient.connect(
      to: listener.address, on: EventLoopLinks.shared.next(), authenticator: authenticator,
      settings: settings, tls: authority?.client, timeout: patience, compresses: compresses,
      onRetired: onRetired)
  }

  /// The error of a connection that must not come about.
  func refusal(
    as authenticator: TestClientAuthenticator = .admin
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await connect(as: authenticator)
      return nil
    } catch {
      return error
    }
  }

  /// Ends as a process does on SIGTERM.
  func end(grace: Duration) async {
    guard let listener else {
      await core.drain()
      return await core.close()
    }
    await listener.shutdown(grace: grace)
  }
}

/// Longer than a loaded machine takes for anything here.
let patience = Duration.seconds(300)

extension ServerLimits {
  /// Those of every server, but for the time that only tests of it want to see pass.
  static var patient: ServerLimits {
    var limits = ServerLimits()
    limits.handshakeTimeout = patience
    limits.liveness = Liveness(quiet: patience, answer: patience)
    return limits
  }
}

/// Waits until `condition` holds, and says where it was waited for in vain: a test's time limit would not.
func eventually(
  sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
  let end = ContinuousClock.now + patience * 2
  while try await !condition() {
    try #require(ContinuousClock.now < end, "waited in vain", sourceLocation: sourceLocation)
    try await Task.sleep(for: .milliseconds(2))
  }
}

extension ClientConnection {
  typealias Blobs = Method<Blob, Blob>

  nonisolated func echo(_ text: String) async throws(RPCError) -> String {
    try await call(TestService.API.echo, Blob(text), options: CallOptions(timeout: patience)).text
  }

  nonisolated func call(
    _ method: Blobs, _ request: Blob, timeout: Duration? = patience
  ) async throws(RPCError) -> Blob {
    try await call(method, request, options: CallOptions(timeout: timeout))
  }

  /// The error of a call that must fail.
  nonisolated func failure(
    _ method: Blobs, _ request: Blob = Blob("x"), timeout: Duration? = patience
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await call(method, request, options: CallOptions(timeout: timeout))
      return nil
    } catch {
      return error
    }
  }
}
