import AuditLog
import ContentPolicy
import Contracts
import Foundation
import Testing

@testable import ContentGovernorCore

struct PolicyDeskTests {
  private static func files(version: String = "1", word: String = "synergy") -> [Policies.File] {
    [
      Policies.File(
        path: "policy.yml",
        content: Array(
          "policy: a\nversion: '\(version)'\nrules: [{name: t, kind: terms, words: [\(word)]}]".utf8
        ))
    ]
  }

  private func withDesk(_ body: (PolicyDesk, LogKeeper, String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let log = try await LogKeeper.open(folder: folder.path)
    let desk = try await PolicyDesk.open(folder: folder.path, log: log)
    try await body(desk, log, folder.path)
    await desk.close()
    await log.close()
  }

  private func approved(
    _ desk: PolicyDesk, version: String = "1", word: String = "synergy"
  ) async throws -> String {
    let bundle = try await desk.push(
      Policies.PushRequest(files: Self.files(version: version, word: word)), by: "ann")
    for person in ["bob", "cem"] {
      _ = try await desk.approve(Policies.ApproveRequest(digest: bundle.digest), by: person)
    }
    return bundle.digest
  }

  @Test func `a version is for ever, and pushing the same again changes nothing`() async throws {
    try await withDesk { desk, _, _ in
      let first = try await desk.push(Policies.PushRequest(files: Self.files()), by: "ann")
      let again = try await desk.push(Policies.PushRequest(files: Self.files()), by: "dan")
      #expect(again == first && again.pushedBy == "ann")
      await #expect(throws: PolicyFault.self) {
        try await desk.push(Policies.PushRequest(files: Self.files(word: "other")), by: "ann")
      }
      let bundles = try await desk.list().bundles
      #expect(bundles.count == 1)
      let fetched = try await desk.fetch("a@1")
      #expect(fetched.files == Self.files() && fetched.bundle == first)
    }
  }

  @Test func `a bad bundle is not kept`() async throws {
    try await withDesk { desk, _, _ in
      await #expect {
        try await desk.push(
          Policies.PushRequest(files: [Policies.File(path: "policy.yml", content: [0x61])]),
          by: "ann")
      } throws: { "\($0)".contains("policy.yml:1: expected") }
      let bundles = try await desk.list().bundles
      #expect(bundles.isEmpty)
    }
  }

  @Test func `two others approve before a bundle can be in force`() async throws {
    try await withDesk { desk, _, _ in
      let bundle = try await desk.push(Policies.PushRequest(files: Self.files()), by: "ann")
      let bind = Policies.BindRequest(digest: bundle.digest)
      let approve = Policies.ApproveRequest(digest: bundle.digest)
      await #expect(throws: PolicyFault.self) { try await desk.approve(approve, by: "ann") }
      await #expect(throws: PolicyFault.self) { try await desk.bind(bind, by: "dan") }
      _ = try await desk.approve(approve, by: "bob")
      let again = try await desk.approve(approve, by: "bob")
      #expect(again.approvals.count == 1)
      await #expect(throws: PolicyFault.self) { try await desk.bind(bind, by: "dan") }
      _ = try await desk.approve(approve, by: "cem")
      let bound = try await desk.bind(bind, by: "dan")
      #expect(bound.before.isEmpty)
      let inForce = try await desk.bundleInForce(for: PolicyTarget())
      #expect(inForce == bundle.digest)
    }
  }

  @Test func `of the bindings that fit the one that says most is in force`() async throws {
    try await withDesk { desk, _, _ in
      var digests: [String] = []
      let targets = [
        Policies.Target(), Policies.Target(locale: "de"), Policies.Target(locale: "de-AT"),
        Policies.Target(channel: "mail"), Policies.Target(model: "m"),
      ]
      for (number, target) in targets.enumerated() {
        digests.append(try await approved(desk, version: "\(number)"))
        _ = try await desk.bind(
          Policies.BindRequest(target: target, digest: digests[number]), by: "dan")
      }
      let wanted: [(PolicyTarget, Int)] = [
        (PolicyTarget(), 0), (PolicyTarget(locale: "en"), 0), (PolicyTarget(locale: "de"), 1),
        (PolicyTarget(locale: "de-CH"), 1), (PolicyTarget(locale: "de-AT"), 2),
        (PolicyTarget(channel: "mail", locale: "de"), 3), (PolicyTarget(channel: "web"), 0),
        (PolicyTarget(model: "m", channel: "mail", locale: "de"), 4),
      ]
      for (target, place) in wanted {
        let inForce = try await desk.bundleInForce(for: target)
        #expect(inForce == digests[place], "\(target)")
      }
      let removed = try await desk.bind(
        Policies.BindRequest(target: Policies.Target(channel: "mail")), by: "dan")
      #expect(removed.before == digests[3])
      #expect(
        try await desk.bundleInForce(for: PolicyTarget(channel: "mail", locale: "de")) == digests[1]
      )
    }
  }

  @Test func `verdicts are the same after opening again, and the log knows every change`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = Array("Much synergy".utf8)
    var verdicts: [Verdict] = []
    var digest = ""
    for _ in 0..<2 {
      let log = try await LogKeeper.open(folder: folder.path)
      let desk = try await PolicyDesk.open(folder: folder.path, log: log)
      if digest.isEmpty { digest = try await approved(desk) }
      verdicts.append(try await desk.check(text, in: CheckContext(), against: digest))
      let long = text + [UInt8](repeating: 0x20, count: 100_000)
      let held = try await desk.check(long, in: CheckContext(), against: digest)
      #expect(held.action == .hold)
      while try await desk.tellLog() > 0 {}
      #expect(log.size == 3)
      await desk.close()
      await log.close()
    }
    #expect(verdicts[0] == verdicts[1] && verdicts[0].action == .hold)
  }

  @Test func `what is not there, and what is too long, is said`() async throws {
    try await withDesk { desk, _, _ in
      await #expect(throws: PolicyError.bundleUnknown(digest: "sha256:0")) {
        try await desk.check([], in: CheckContext(), against: "sha256:0")
      }
      let count = PolicyLimits.contentBytesMax + 1
      await #expect(throws: PolicyError.contentTooLong(byteCount: count)) {
        try await desk.check(
          [UInt8](repeating: 0x61, count: count), in: CheckContext(), against: "sha256:0")
      }
      await #expect(throws: PolicyFault.self) { try await desk.fetch("nothing") }
    }
  }
}
