import AuditLog
import Contracts
import Foundation
import Testing
import Trust

@testable import ContentGovernorCore

/// A governor's desk of content on real databases in a folder of its own, and the people who use it.
struct ContentHouse {
  static let author = Asker(name: "ada", roles: ["developer"])
  static let grace = Asker(name: "grace", roles: ["approver"])
  static let edsger = Asker(name: "edsger", roles: ["approver"])
  static let deployer = Asker(name: "dora", roles: ["deployer"])
  static let admin = Asker(name: "root", roles: ["admin"])
  static let shop = Asker(name: "shop", roles: ["developer"])

  let folder: String
  let clock: ManualClock
  let policy: ScriptedPolicy
  let log: LogKeeper
  let desk: ContentDesk

  /// With a workflow of two steps for every channel: legal within an hour, then brand.
  static func run(_ body: (ContentHouse) async throws -> Void) async throws {
    try await withFolder { folder in
      let house = try await open(folder, ManualClock(), ScriptedPolicy())
      try await house.setWorkflow()
      try await body(house)
      await house.close()
    }
  }

  static func open(
    _ folder: String, _ clock: ManualClock, _ policy: ScriptedPolicy
  ) async throws -> ContentHouse {
    let log = try await LogKeeper.open(folder: folder)
    let desk = try await ContentDesk.open(
      folder: folder, log: log, policy: policy, now: { clock.now })
    return ContentHouse(folder: folder, clock: clock, policy: policy, log: log, desk: desk)
  }

  /// The same folder after a restart.
  func reopened() async throws -> ContentHouse {
    await close()
    return try await Self.open(folder, clock, policy)
  }

  func close() async {
    await desk.close()
    await log.close()
  }

  static func key() -> String { UUID().uuidString }

  static let workflow = Content.Workflow(
    name: "marketing", channels: ["*"], locales: ["*"],
    roles: [
      Content.WorkflowRole(name: "legal", people: ["grace"]),
      Content.WorkflowRole(name: "brand", people: ["edsger", "ada"]),
    ],
    steps: [
      Content.WorkflowStep(name: "legal", need: "all-of", roles: ["legal"], within: 3600),
      Content.WorkflowStep(name: "brand", need: "any-of", roles: ["brand"]),
    ])

  @discardableResult
  func setWorkflow(_ workflow: Content.Workflow = workflow) async throws -> Content.Workflow {
    try await desk.workflows.set(
      .init(requestKey: Self.key(), workflow: workflow, reason: "why not"), by: Self.admin)
  }

  func submit(
    _ content: String, slot: String = "", channel: String = "email", about: [String] = [],
    key: String = key(), origin: Content.Origin? = nil
  ) async throws -> Content.Item {
    try await desk.items.submit(
      .init(
        requestKey: key,
        purpose: .init(
          channel: channel, locale: "de-DE", audience: "everyone",
          templateName: slot.isEmpty ? "" : "letter", slot: slot), content: Array(content.utf8),
        origin: origin, subjects: about), by: Self.author)
  }

  @discardableResult
  func revise(
    _ item: Content.Item, _ content: String, by asker: Asker = author
  ) async throws -> Content.Item {
    try await desk.items.revise(
      .init(
        requestKey: Self.key(), item: item.id, expectedRevision: item.revision?.number ?? 0,
        content: Array(content.utf8)), by: asker)
  }

  @discardableResult
  func decide(
    _ decision: String, _ item: Content.Item, by asker: Asker, key: String = key()
  ) async throws -> Content.Item {
    try await desk.items.decide(
      .init(
        requestKey: key, item: item.id, decision: decision, digest: item.revision?.digest ?? [],
        reason: "because of \(asker.name)"), by: asker)
  }

  @discardableResult
  func approve(_ item: Content.Item) async throws -> Content.Item {
    try await decide("approve", item, by: Self.grace)
    return try await decide("approve", item, by: Self.edsger)
  }

  @discardableResult
  func release(_ item: Content.Item, until: Timestamp? = nil) async throws -> Content.Item {
    try await desk.items.release(
      .init(
        requestKey: Self.key(), item: item.id, digest: item.revision?.digest ?? [],
        until: until?.contract ?? 0), by: Self.deployer)
  }

  func released(_ content: String, slot: String = "", about: [String] = []) async throws
    -> Content.Item
  {
    let item = try await submit(content, slot: slot, about: about)
    try await approve(item)
    return try await release(item)
  }

  func fetch(_ item: Content.Item, by asker: Asker = shop) async throws -> String {
    String(
      decoding: try await desk.items.fetch(.init(item: item.id), by: asker).content,
      as: UTF8.self)
  }

  func now(_ item: Content.Item) async throws -> Content.Item {
    try await desk.items.item(item.id, for: Self.admin)
  }

  /// Kinds of the entries that wait for the log.
  func logged() async throws -> [String] {
    try await desk.pendingEntries().map(\.kind.name)
  }

  /// Whether a text stands in any file of the folder.
  func isOnDisk(_ text: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
      let content = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      return content.range(of: Data(text.utf8)) != nil
    }
  }
}
