import Base
import RPC
import RPCTestKit
import Testing
import TransportInProcess

/// A client and a server of the test service, joined in process under a clock moved by hand.
struct Rig {
  let service: TestService
  let core: ServerCore
  let loop: ManualLoop
  let link: InProcessLink
  let retired = Events()

  var client: ClientConnection { link.client }

  init(
    _ authenticator: TestClientAuthenticator = .admin, service: TestService = TestService(),
    role: String = "gateway", signature: [UInt8]? = nil, limits: ServerLimits = ServerLimits(),
    clientSettings: ConnectionSettings = ConnectionSettings(),
    serverSettings: ConnectionSettings = ConnectionSettings(), dialled: String? = nil,
    compresses: Bool = false, cuts: ByteCuts = .none, isPaused: Bool = false,
    gates: [any CallGate] = [], observers: [any CallObserver] = []
  ) {
    self.service = service
    core = service.core(
      role: role, signature: signature, limits: limits, settings: serverSettings,
      gates: gates, observers: observers)
    loop = ManualLoop()
    let retired = retired
    link = InProcessLink.connect(
      core: core, loop: loop, authenticator: authenticator, settings: clientSettings,
      dialled: dialled, compresses: compresses, cuts: cuts, isPaused: isPaused,
      onRetired: { _ in retired.send("retired") })
  }

  func call(
    _ method: Method<Blob, Blob>, _ request: Blob = Blob("x"),
    options: CallOptions = CallOptions(timeout: nil)
  ) async throws(RPCError) -> Blob {
    try await client.call(method, request, options: options)
  }

  /// The error of a call that must fail.
  func failure(
    _ method: Method<Blob, Blob>, _ request: Blob = Blob("x"),
    options: CallOptions = CallOptions(timeout: nil)
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await call(method, request, options: options)
      return nil
    } catch {
      return error
    }
  }

  /// The error that the connection ended with.
  func connectionFailure() async -> RPCError? {
    do throws(RPCError) {
      try await client.waitUntilReady()
      return nil
    } catch {
      return error
    }
  }

  func messages(
    _ method: Method<Blob, Blob>, _ request: Blob, options: CallOptions = CallOptions(timeout: nil)
  ) async throws -> [Blob] {
    var messages: [Blob] = []
    for try await message in try await client.stream(method, request, options: options) {
      messages.append(message)
    }
    return messages
  }

  /// Waits until all that both sides have to say to each other by now is said.
  func settle() async {
    for _ in 0..<64 { await loop.settle() }
  }
}
