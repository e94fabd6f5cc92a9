import Base
import Foundation
import NIOCore
import NIOSSL
import RPC
import RPCTestKit
import Synchronization
import TLSTestKit
import Testing
import TransportTCP

/// TLS 1.3, mutual by role.
@Suite(.timeLimit(.minutes(5))) struct TLSTests {
  typealias API = TestService.API

  private let authority: TestAuthority
  private let service = TestService()

  init() throws {
    authority = try TestAuthority()
  }

  /// Runs `body` on a server, and makes sure that it is left with no connection.
  private func withServer(
    _ tls: TLSSettings?, limits: ServerLimits = .patient,
    connectionObserver: (any ConnectionObserver)? = nil,
    _ body: (TCPServer, ServerCore) async throws -> Void
  ) async throws {
    let core = service.core(limits: limits, connectionObserver: connectionObserver)
    let server = try await TCPServer.listen(core: core, host: "127.0.0.1", port: 0, tls: tls)
    do {
      try await body(server, core)
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .zero)
  }

  private func connect(
    to address: String, as authenticator: TestClientAuthenticator = .admin, tls: TLSSettings?
  ) async throws(RPCError) -> ClientConnection {
    try await TCPClient.connect(
      to: address, on: EventLoopLinks.shared.next(), authenticator: authenticator, tls: tls,
      timeout: patience)
  }

  private func failure(
    to address: String, as authenticator: TestClientAuthenticator = .admin, tls: TLSSettings?
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await connect(to: address, as: authenticator, tls: tls)
      return nil
    } catch {
      return error
    }
  }

  private var gateway: TLSSettings { get throws { try authority.settings(role: "gateway") } }

  // MARK: Roles

  @Test func `a client with a key needs no certificate`() async throws {
    try await withServer(gateway) { server, _ in
      let client = try await connect(to: server.address, tls: authority.client)
      #expect(try await client.call(API.who, Blob("")).text.hasPrefix("ada|"))
    }
  }

  @Test func `services prove each other by the roles in their certificates`() async throws {
    try await withServer(gateway) { server, _ in
      // No signature is looked at: the certificate is the proof.
      let client = try await connect(
        to: server.address, as: TestClientAuthenticator(role: "registry", signature: []),
        tls: authority.settings(role: "registry"))
      #expect(try await client.call(API.registryOnly, Blob("x")).text == "x")
    }
  }

  @Test(arguments: ["monitor", nil] as [String?])
  func `a service with another role's certificate, or none of a role, is refused`(
    role: String?
  ) async throws {
    try await withServer(gateway) { server, core in
      let error = await failure(
        to: server.address, as: TestClientAuthenticator(role: "registry"),
        tls: try authority.settings(role: role))
      #expect(error == RPCError(.unauthenticated, "the credentials are not valid here"))
      let without = await failure(
        to: server.address, as: TestClientAuthenticator(role: "registry"), tls: authority.client)
      #expect(without == RPCError(.unauthenticated, "the credentials are not valid here"))
      try await eventually { core.connectionCount == 0 }
    }
  }

  @Test(arguments: ["inference-worker", nil] as [String?])
  func `a server with another role's certificate gets no key to see`(role: String?) async throws {
    try await withServer(try authority.settings(role: role)) { server, _ in
      let error = await failure(to: server.address, tls: authority.client)
      #expect(error?.message == "this is not the `gateway` that was asked for")
    }
  }

  @Test func `a server hears why TLS with a peer failed`() async throws {
    let failures = Failures()
    try await withServer(gateway, connectionObserver: failures) { server, _ in
      let stranger = try TestAuthority()
      _ = await failure(
        to: server.address, as: TestClientAuthenticator(role: "registry"),
        tls: try stranger.settings(role: "registry", authorityFile: authority.authorityFile))
      _ = await failure(to: server.address, tls: nil)
      try await eventually { failures.all.count >= 2 }
      #expect(failures.all.contains("127.0.0.1: its certificate is not signed by our authority"))
      #expect(failures.all.contains("127.0.0.1: it does not speak TLS"), "\(failures.all)")
    }
  }

  // MARK: Authorities and time

  @Test func `a server of another authority is refused`() async throws {
    try await withServer(gateway) { server, core in
      let stranger = try TestAuthority()
      let error = await failure(to: server.address, tls: stranger.client)
      #expect(error?.code == .failedPrecondition)
      #expect(
        error?.message.contains("is not signed by the authority in") == true, "\(error as Any)")
      #expect(core.connectionCount == 0)
    }
  }

  @Test func `a client of another authority is refused, and told`() async throws {
    try await withServer(gateway) { server, core in
      let stranger = try TestAuthority()
      let error = await failure(
        to: server.address, as: TestClientAuthenticator(role: "registry"),
        tls: try stranger.settings(role: "registry", authorityFile: authority.authorityFile))
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("does not know the authority of") == true, "\(error as Any)")
      #expect(core.connectionCount == 0)
    }
  }

  private static let yesterday = Date(timeIntervalSinceNow: -86_400)

  @Test func `a server whose certificate has expired is refused, with the date`() async throws {
    try await withServer(try authority.settings(role: "gateway", until: Self.yesterday)) {
      server, _ in
      let error = await failure(to: server.address, tls: authority.client)
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("expired on") == true, "\(error as Any)")
    }
  }

  @Test func `a client whose certificate has expired is refused, and told`() async throws {
    try await withServer(gateway) { server, core in
      let error = await failure(
        to: server.address, as: TestClientAuthenticator(role: "registry"),
        tls: try authority.settings(role: "registry", until: Self.yesterday))
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("has expired") == true, "\(error as Any)")
      #expect(core.connectionCount == 0)
    }
  }

  // MARK: Other versions, and none

  @Test func `a client of TLS 1.2 is refused`() async throws {
    try await withServer(gateway) { server, core in
      var old = TLSConfiguration.makeClientConfiguration()
      old.maximumTLSVersion = .tlsv12
      old.certificateVerification = .none
      let port = server.address.split(separator: ":").last.flatMap { Int($0) } ?? 0
      let peer = try await RawSocket.connect(to: port, tls: NIOSSLContext(configuration: old))
      try await eventually { peer.isEnded }
      #expect(peer.error.contains("PROTOCOL_VERSION"), "\(peer.error)")
      #expect(core.connectionCount == 0)
    }
  }

  @Test func `a server of TLS 1.2 is refused`() async throws {
    let files = try gateway
    var old = TLSConfiguration.makeServerConfiguration(
      certificateChain: try NIOSSLCertificate.fromPEMFile(files.certificateFile)
        .map { .certificate($0) },
      privateKey: .privateKey(try NIOSSLPrivateKey(file: files.keyFile, format: .pem)))
    old.maximumTLSVersion = .tlsv12
    try await RawListener.run(.tls(NIOSSLContext(configuration: old))) { listener in
      let error = await failure(to: "127.0.0.1:\(listener.port)", tls: authority.client)
      #expect(error?.message == "`127.0.0.1:\(listener.port)` does not speak TLS 1.3")
    }
  }

  @Test func `a client without TLS is told that the server wants it`() async throws {
    try await withServer(gateway) { server, core in
      let error = await failure(to: server.address, tls: nil)
      #expect(
        error
          == RPCError(
            .failedPrecondition,
            "`\(server.address)` speaks TLS only; name the certificates' folder in SLIPWAY_CERTS"))
      #expect(core.connectionCount == 0 && service.finished.all.isEmpty)
    }
  }

  @Test func `a client with TLS does not fall back to none`() async throws {
    try await withServer(nil) { server, core in
      let error = await failure(to: server.address, tls: authority.client)
      #expect(error?.code == .failedPrecondition)
      #expect(error?.message.contains("does not speak TLS;") == true, "\(error as Any)")
      try await eventually { core.connectionCount == 0 }
      #expect(service.finished.all.isEmpty)
    }
  }

  @Test func `a peer that is silent in the handshake of TLS is closed`() async throws {
    var limits = ServerLimits.patient
    limits.handshakeTimeout = .milliseconds(50)
    try await withServer(gateway, limits: limits) { server, _ in
      let port = server.address.split(separator: ":").last.flatMap { Int($0) } ?? 0
      let peer = try await RawSocket.connect(to: port)
      try await eventually { peer.isEnded }
    }
  }

  // MARK: Files

  @Test func `files that can't be used are named before anything is done`() throws {
    let good = try gateway
    try good.check(role: "gateway")
    let other = try authority.settings(role: "registry")
    let text = authority.path("text.pem")
    try "no certificate\n".write(toFile: text, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: text)
    let open = authority.path("open.key")
    try FileManager.default.copyItem(atPath: good.keyFile, toPath: open)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
    let missing = authority.path("missing.pem")

    func complaint(_ change: (inout TLSSettings) -> Void) -> String {
      var settings = good
      change(&settings)
      do throws(TLSFileError) {
        try settings.check(role: "gateway")
        return "nothing"
      } catch {
        return error.description
      }
    }
    #expect(complaint { $0.certificateFile = missing }.contains("`\(missing)`, there is none"))
    #expect(complaint { $0.keyFile = missing }.contains("a private key at `\(missing)`"))
    #expect(complaint { $0.authorityFile = missing }.contains("`\(missing)`, there is none"))
    #expect(complaint { $0.certificateFile = text } == "expected a certificate (PEM) in `\(text)`")
    #expect(complaint { $0.authorityFile = text } == "expected a certificate (PEM) in `\(text)`")
    #expect(complaint { $0.keyFile = text } == "expected a private key (PEM) in `\(text)`")
    #expect(complaint { $0.keyFile = open }.contains("closed to other users"))
    #expect(complaint { $0.keyFile = other.keyFile }.contains("is not the key of the certificate"))
    #expect(complaint { $0 = other }.contains("found the role `registry`"))
    let expired = try authority.settings(role: "gateway", until: Self.yesterday)
    #expect(complaint { $0 = expired }.contains("expired on"))
  }
}

/// Remembers whom the transport did not let in.
private final class Failures: ConnectionObserver {
  private let seen = Mutex<[String]>([])

  var all: [String] { seen.withLock { $0 } }

  func refused(_ cause: ConnectionRefusal, peer: String) {}

  func failed(_ cause: String, source: String) {
    seen.withLock { $0.append("\(source): \(cause)") }
  }
}
