import AuditLog
import Foundation
import Logging
import Storage
import Synchronization
import Testing
import Trust

@testable import GatewayCore

/// A gateway's store, keys and verbs in a folder of its own, at a time that a test sets.
final class TestGateway: Sendable {
  let folder: URL
  let clock: TestClock
  let store: GatewayStore
  let ring: KeyRing
  let keys: KeyStore
  let usage: UsageStore
  let routes = RouteBook()
  let latency = LatencyRecorder(stripeCount: 2)

  /// - Parameter folder: of an earlier one, to come back after a restart.
  init(folder: URL? = nil, clock: TestClock = TestClock()) async throws {
    let folder =
      folder
      ?? FileManager.default.temporaryDirectory.appendingPathComponent(
        "gateway-\(UInt64.random(in: .min ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    self.folder = folder
    self.clock = clock
    store = try await GatewayStore.open(
      path: folder.appendingPathComponent("gateway.sqlite").path, now: { clock.now })
    let isNew = try await store.read { try KeyRecord.count(in: $0) } == 0
    let pepper = try Pepper.load(
      path: folder.appendingPathComponent("key.pepper").path, isNew: isNew)
    ring = KeyRing(pepper: pepper)
    keys = KeyStore(store: store, ring: ring, pepper: pepper, environment: "test")
    try await keys.load()
    usage = UsageStore(store: store)
  }

  var folderPath: String { folder.path }

  var adminKeyPath: String { folder.appendingPathComponent("admin.key").path }

  var verbs: GatewayVerbs {
    GatewayVerbs(
      keys: keys, usage: usage, routes: routes, latency: latency, now: { [clock] in clock.now },
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// What waits for the log, oldest first.
  func entries() async throws -> [AuditEntry] { try await store.pendingEntries().map(\.entry) }

  /// Ends it as a crash does: nothing is closed or flushed, and the files are opened again.
  func restarted() async throws -> TestGateway {
    try await TestGateway(folder: folder, clock: clock)
  }

  func isGood(_ key: APIKey) -> Bool {
    (try? ring.verify(key.text.utf8, nowNanoseconds: clock.now)) != nil
  }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// Runs a test's body and leaves nothing behind.
  static func run(_ body: (TestGateway) async throws -> Void) async throws {
    let gateway = try await TestGateway()
    defer { gateway.remove() }
    try await body(gateway)
  }
}

/// Wall time that only moves when it is told to.
final class TestClock: Sendable {
  private let time = Mutex(someday)

  var now: Int64 { time.withLock { $0 } }

  func advance(_ nanoseconds: Int64) { time.withLock { $0 += nanoseconds } }
}

extension KeyRequest {
  static func developer(
    _ principal: String = "ada", limits: KeyLimits = .none, expiresAt: Int64? = nil
  ) -> KeyRequest {
    KeyRequest(
      principal: principal, roles: ["developer"], models: ["magika"], limits: limits,
      expiresAt: expiresAt)
  }

  static let admin = KeyRequest(principal: "root", roles: ["admin"])
}
