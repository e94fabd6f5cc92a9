import AuditLog
import Foundation
import Synchronization
import Testing

@testable import ContentGovernorCore

struct LogKeeperTests {
  static func entry(
    _ number: Int, actor: String = "alice", kind: AuditKind = .deploymentSet, at time: Int64? = nil
  ) throws -> AuditEntry {
    try AuditEntry(
      occurredAtMicroseconds: time ?? Int64(number), service: "registry", kind: kind,
      actor: AuditReference(.principal, actor),
      subject: AuditReference(.version, "magika/\(number % 3 + 1)"), reason: "reason \(number)",
      after: ["number": .integer(Int64(number))])
  }

  /// All of a log as files in memory.
  static func export(_ log: LogKeeper) async throws -> [String: [UInt8]] {
    let checkpoint = try log.checkpoint()
    var files = [
      LogExport.checkpointFile: checkpoint.bytes, LogExport.keyFile: Array("\(log.key)\n".utf8),
    ]
    for path in LogExport.paths(size: checkpoint.checkpoint.size) {
      files[path.text] = try await log.tile(path)
    }
    return files
  }

  static func verify(_ log: LogKeeper, kept: [SignedCheckpoint] = []) async throws
    -> LogVerifier.Report
  {
    let files = try await export(log)
    return try LogExport { files[$0] }.verify(
      key: log.key, kept: kept, witnesses: [], hasRecords: true
    ).report
  }

  @Test func `what is appended is there after opening again, and verifies`() async throws {
    try await withFolder { folder in
      var kept: [SignedCheckpoint] = []
      var size = 0
      for count in [0, 1, 254, 1, 1, 300] {
        let log = try await LogKeeper.open(folder: folder)
        #expect(log.size == size)
        let entries = try (size..<size + count).map { try Self.entry($0) }
        #expect(try await log.append(entries) == Array(size..<size + count))
        size += count
        let report = try await Self.verify(log, kept: kept)
        #expect(report.size == size && report.recordCount == size && report.erasedCount == 0)
        kept.append(try log.checkpoint())
        await log.close()
      }
    }
  }

  @Test func `an entry that comes twice keeps its place, in one call, later and after opening`()
    async throws
  {
    try await withFolder { folder in
      let (one, other) = (try Self.entry(1), try Self.entry(2))
      var log = try await LogKeeper.open(folder: folder)
      #expect(try await log.append([one, other, one]) == [0, 1, 0])
      #expect(try await log.append([other]) == [1])
      await log.close()
      log = try await LogKeeper.open(folder: folder)
      #expect(try await log.append([one, other]) == [0, 1])
      #expect(log.size == 2)
      await log.close()
    }
  }

  @Test func `many callers at once each get places of their own`() async throws {
    try await withLog { log in
      let places = try await withThrowingTaskGroup(of: [Int].self) { group in
        for caller in 0..<32 {
          group.addTask {
            try await log.append((0..<20).map { try Self.entry($0, actor: "person \(caller)") })
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(places.sorted() == Array(0..<640))
      #expect(try await Self.verify(log).size == 640)
    }
  }

  @Test func `every entry has a proof, and every two sizes too`() async throws {
    try await withLog { log in
      var roots = [TreeHash.empty]
      for number in 0..<270 {
        _ = try await log.append([Self.entry(number)])
        roots.append(try log.checkpoint().checkpoint.root)
      }
      for place in stride(from: 0, to: 270, by: 13) {
        let (proof, leaf) = try await log.proveInclusion(of: place)
        #expect(try proof.verify(entry: leaf, key: log.key).isEmpty)
        let path = try await log.proveConsistency(from: place, to: 263)
        #expect(
          TreeProof.isConsistent(
            old: place, oldRoot: roots[place], new: 263, newRoot: roots[263], path: path))
      }
      await #expect(throws: LogError.self) { try await log.proveInclusion(of: 270) }
      await #expect(throws: LogError.self) { try await log.proveConsistency(from: 5, to: 271) }
    }
  }

  @Test func `a query finds by person, model, item, kind and time, a page at a time`() async throws
  {
    try await withLog { log in
      let entries = try (0..<60).map { number in
        try Self.entry(
          number, actor: number % 2 == 0 ? "alice" : "bob",
          kind: number % 5 == 0 ? .modelPush : .deploymentSet)
      }
      _ = try await log.append(entries)
      func find(_ edit: (inout LogQuery) -> Void) async throws -> [Int] {
        var query = LogQuery()
        edit(&query)
        return try await log.query(query).page.entries.map(\.index)
      }
      #expect(try await find { _ in } == Array(0..<60))
      #expect(try await find { $0.person = "bob" }.count == 30)
      #expect(try await find { $0.person = "nobody" }.isEmpty)
      #expect(try await find { $0.model = "magika" }.count == 60)
      #expect(try await find { $0.item = AuditReference(.version, "magika/2") }.count == 20)
      #expect(try await find { $0.kind = .modelPush } == Array(stride(from: 0, to: 60, by: 5)))
      #expect(
        try await find {
          $0.person = "alice"
          $0.kind = .modelPush
          $0.since = 15
          $0.until = 40
        } == [20, 30])
      #expect(
        try await find {
          $0.since = 58
        } == [58, 59])
      var query = LogQuery()
      query.person = "alice"
      query.limit = 7
      var (found, pages): ([Int], Int) = ([], 0)
      while true {
        let page = try await log.query(query).page
        found += page.entries.map(\.index)
        pages += 1
        guard let next = page.next else { break }
        query.start = next
      }
      #expect(found == Array(stride(from: 0, to: 60, by: 2)) && pages == 5)
      let first = try await log.query(LogQuery()).page.entries[0]
      #expect(first.record == entries[0].canonicalBytes)
    }
  }

  @Test func `times that jump change neither order nor proofs`() async throws {
    try await withLog { log in
      let times: [Int64] = [5, 4_000_000_000_000_000, 0, 1_795_405_286_000_000, 1, 1]
      _ = try await log.append(times.enumerated().map { try Self.entry($0, at: $1) })
      #expect(try await Self.verify(log).size == times.count)
      var query = LogQuery()
      query.until = 6
      #expect(try await log.query(query).page.entries.map(\.index) == [0, 2, 4, 5])
    }
  }

  @Test func `an erased person is nowhere on disk, and the log still verifies`() async throws {
    try await withFolder { folder in
      let log = try await LogKeeper.open(folder: folder)
      let name = "zaphod-\(UUID().uuidString)"
      _ = try await log.append([Self.entry(0), Self.entry(1, actor: name), Self.entry(2)])
      let kept = try log.checkpoint()
      #expect(try Self.isOnDisk(name, folder))
      let admin = AuditReference(.principal, "admin")
      let party = AuditReference(.principal, name)
      #expect(try await log.erase(party, by: admin, reason: "asked", atMicroseconds: 1) == 1)
      #expect(try await log.erase(party, by: admin, reason: "asked", atMicroseconds: 1) == 0)
      #expect(try !Self.isOnDisk(name, folder))
      let report = try await Self.verify(log, kept: [kept])
      #expect(report.size == 4 && report.erasedCount == 1 && report.keptSize == 3)
      // The same name is somebody new from now on.
      _ = try await log.append([Self.entry(3, actor: name)])
      var query = LogQuery()
      query.person = name
      #expect(try await log.query(query).page.entries.map(\.index) == [4])
      await log.close()
    }
  }

  @Test func `leaves name nobody`() async throws {
    try await withLog { log in
      _ = try await log.append([Self.entry(0, actor: "zaphod")])
      let leaf = String(
        decoding: try await log.tile(TilePath(.entries, index: 0, width: 1)), as: UTF8.self)
      for secret in ["zaphod", "magika", "reason 0", "number"] { #expect(!leaf.contains(secret)) }
    }
  }

  @Test func `a witness's signature is kept, and nobody else's`() async throws {
    let witness = try NoteSigner(
      name: "witness.example", kind: .witness, seed: .init(repeating: 9, count: 32))
    let stranger = try NoteSigner(
      name: "stranger.example", kind: .witness, seed: .init(repeating: 8, count: 32))
    try await withFolder { folder in
      let log = try await LogKeeper.open(folder: folder, witnesses: [witness.key])
      _ = try await log.append([Self.entry(0)])
      var checkpoint = try log.checkpoint()
      checkpoint.note.add(try stranger.sign(checkpoint.note.text, time: 1))
      let strange = checkpoint
      await #expect(throws: LogError.self) { try await log.add(cosigned: strange) }
      checkpoint.note.add(try witness.sign(checkpoint.note.text, time: 2))
      _ = try await log.append([Self.entry(1)])
      try await log.add(cosigned: checkpoint)
      let kept = try await log.witnessed()
      #expect(kept == [checkpoint.bytes])
      await log.close()
    }
  }

  @Test func `a log that lost its key does not open under another one`() async throws {
    try await withFolder { folder in
      let log = try await LogKeeper.open(folder: folder)
      _ = try await log.append([Self.entry(0)])
      await log.close()
      try FileManager.default.removeItem(atPath: folder + "/log.key")
      await #expect(throws: LogError.self) { try await LogKeeper.open(folder: folder) }
    }
  }

  private static func isOnDisk(_ text: String, _ folder: String) throws -> Bool {
    try FileManager.default.contentsOfDirectory(atPath: folder).contains { name in
      let content = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
      return content.range(of: Data(text.utf8)) != nil
    }
  }
}

/// A folder that is gone when the test is over.
func withFolder<Result>(_ use: (String) async throws -> Result) async throws -> Result {
  let path = FileManager.default.temporaryDirectory.path + "/slipway-log-\(UUID().uuidString)"
  try FileManager.default.createDirectory(
    atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try await use(path)
}

func withLog(_ use: (LogKeeper) async throws -> Void) async throws {
  try await withFolder { folder in
    let log = try await LogKeeper.open(folder: folder)
    try await use(log)
    await log.close()
  }
}
