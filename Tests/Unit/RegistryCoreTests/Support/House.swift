import AuditLog
import Contracts
import Foundation
import Testing
import Trust

@testable import RegistryCore

/// A registry on a real database in a folder of its own, and the people who use it.
struct House {
  let directory: TemporaryDirectory
  let clock = ManualClock()
  let people: People
  var limits: RegistryLimits
  let service: RegistryService

  static let dev = Author.principal("dev")
  static let worker = Author.service("inference-worker")

  init(limits: RegistryLimits = House.limits, approvers: Int = 2) async throws {
    try await self.init(
      directory: TemporaryDirectory(), people: People(), limits: limits, approvers: approvers)
  }

  init(
    directory: TemporaryDirectory, people: People, limits: RegistryLimits = House.limits,
    approvers: Int = 2
  ) async throws {
    self.directory = directory
    self.people = people
    self.limits = limits
    try people.writeTrustFile(to: "\(directory.path)/trust.json", approvers: approvers)
    service = try await Self.open(directory, limits, clock)
  }

  /// The same folder after a restart of the registry.
  func reopened() async throws -> RegistryService {
    try await service.close()
    return try await Self.open(directory, limits, clock)
  }

  /// The disk of a test machine may be nearly full.
  static var limits: RegistryLimits {
    var limits = RegistryLimits()
    limits.diskReserveBytes = 0
    return limits
  }

  static func open(
    _ directory: TemporaryDirectory, _ limits: RegistryLimits, _ clock: ManualClock
  ) async throws -> RegistryService {
    try await RegistryService.open(
      RegistryConfiguration(
        stateDirectory: directory.path, trustFilePath: "\(directory.path)/trust.json",
        limits: limits),
      // Whoever holds the registry holds its folder.
      now: { withExtendedLifetime(directory) { clock.now } }, leaseTime: { clock.now })
  }

  /// Pushes a package whole and commits it.
  @discardableResult
  func push(
    _ package: Package = Package(), signedBy key: SigningKey? = nil,
    to service: RegistryService? = nil
  ) async throws -> Registry.Version {
    let service = service ?? self.service
    let id = try await upload(package, signedBy: key, to: service)
    return try await service.pushes.commit(.init(pushID: id), by: Self.dev)
  }

  /// Pushes a package whole, and leaves it at that.
  func upload(
    _ package: Package = Package(), signedBy key: SigningKey? = nil,
    to service: RegistryService? = nil
  ) async throws -> String {
    let service = service ?? self.service
    let begun = try await service.pushes.begin(
      package.request(signedBy: key ?? people.pusher), by: Self.dev)
    for progress in begun.progress {
      let content = package.files.values.first { ContentDigest(of: $0).bytes == progress.sha256 }
      let rest = content?.dropFirst(Int(progress.stored)) ?? []
      guard !rest.isEmpty else { continue }
      _ = try await service.pushes.put(
        .init(
          pushID: begun.pushID, sha256: progress.sha256, offset: progress.stored,
          content: Array(rest)), by: Self.dev)
    }
    return begun.pushID
  }

  func approval(
    of version: Registry.Version, by key: SigningKey, environment: String = "production",
    days: Int = 365
  ) throws -> [UInt8] {
    let digest = try #require(ContentDigest(bytes: version.manifestDigest))
    let statement = try ApprovalStatement(
      modelName: version.model, version: "\(version.number)", manifestDigest: digest,
      evaluationDigest: nil, policyBundleDigest: nil, environment: environment,
      issuedAt: clock.now, expiresAt: clock.now.adding(.seconds(days * 86_400)))
    return try Approval(signing: statement, with: key).jsonBytes()
  }

  @discardableResult
  func approve(
    _ version: Registry.Version, by key: SigningKey, environment: String = "production",
    days: Int = 365
  ) async throws -> Registry.ApproveResponse {
    try await service.approvals.approve(
      .init(envelope: approval(of: version, by: key, environment: environment, days: days)),
      by: .principal(key.verifyingKey.comment))
  }

  /// A version that may be deployed.
  func pushApproved(_ package: Package = Package()) async throws -> Registry.Version {
    let version = try await push(package)
    try await approve(version, by: people.ana)
    try await approve(version, by: people.ben)
    return version
  }

  @discardableResult
  func deploy(_ targets: [Registry.Target], expecting revision: UInt64 = 0) async throws
    -> Registry.Deployment
  {
    try await service.deployments.set(
      .init(model: "magika", targets: targets, expectedRevision: revision), by: .principal("ops"))
  }

  func acquire(_ id: String, version: UInt32 = 1) async throws -> Registry.Lease {
    try await service.leases.acquire(
      .init(workerID: id, model: "magika", version: version, endpoint: "127.0.0.1:7000"),
      by: Self.worker)
  }

  /// Kinds of the entries that wait for the log.
  func logged() async throws -> [String] {
    try await service.entries().map(\.kind.name)
  }
}
