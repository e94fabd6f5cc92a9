import AuditLog
import Foundation
import GRDB
import Glibc
import Storage
import Testing

struct DurabilityTests {
  private static let isRoot = geteuid() == 0

  @Test("kill -9 in the middle of many writes loses none that was acknowledged")
  func survivesKill() async throws {
    try await Fixture.withFolder { folder async throws in
      await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String] in
        let store = try await Store.open(
          path: folder + "/test.sqlite", migrations: Fixture.migrations)
        let outbox = Outbox()
        let file = folder + "/acknowledged"
        try Data().write(to: URL(fileURLWithPath: file))
        let log = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
        // Eight writers; each line is written once its change is acknowledged.
        try await withThrowingTaskGroup(of: Void.self) { group in
          for writer in 0..<8 {
            group.addTask {
              for number in 0..<10_000 {
                let name = "w\(writer)-\(number)"
                try await store.write { database in
                  try Fixture.insert(name, in: database)
                  try outbox.append(Fixture.entry(name), in: database)
                }
                try log.write(contentsOf: Data("\(name)\n".utf8))
                if number == 60 { kill(getpid(), SIGKILL) }
              }
            }
          }
          try await group.waitForAll()
        }
      }
      let log = try String(contentsOfFile: folder + "/acknowledged", encoding: .utf8)
      let acknowledged = log.split(separator: "\n").map(String.init)
      #expect(acknowledged.count > 60)
      let store = try await Store.open(
        path: folder + "/test.sqlite", migrations: Fixture.migrations)
      let texts = Set(try await Fixture.texts(store))
      #expect(acknowledged.allSatisfy(texts.contains))
      // Each change has its entry, and each entry its change.
      let outbox = Outbox()
      let names = try await store.read { database in
        try outbox.pending(in: database).map(\.entry.subject.name)
      }
      #expect(Set(names) == texts)
      try await store.close()
    }
  }

  @Test(
    "a full disk is named, undoes the write, harms nothing and is over when there is room",
    .enabled(if: isRoot, "needs root, to mount a small file system"))
  func namesFullDisks() async throws {
    try await Fixture.withFolder { folder async throws in
      let mounted = try run("/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder)
      try #require(mounted == 0)
      do {
        try await fillAndRecover(folder)
      } catch {
        Issue.record(error)
      }
      let unmounted = try run("/bin/umount", folder)
      #expect(unmounted == 0)
    }
  }

  private func fillAndRecover(_ folder: String) async throws {
    let path = folder + "/test.sqlite"
    let store = try await Store.open(path: path, migrations: Fixture.migrations)
    let ballast = folder + "/ballast"
    try Data(repeating: 1, count: 256 << 10).write(to: URL(fileURLWithPath: ballast))
    var written = 0
    var refusal: (any Error)?
    while refusal == nil, written < 10_000 {
      let name = "\(written) " + String(repeating: "x", count: 2000)
      do {
        try await store.write { try Fixture.insert(name, in: $0) }
        written += 1
      } catch {
        refusal = error
      }
    }
    #expect(refusal as? StorageError == .diskFull(path: path))
    #expect("\(try #require(refusal))".contains(path))
    #expect(try await Fixture.texts(store).count == written)
    try FileManager.default.removeItem(atPath: ballast)
    try await store.write { try Fixture.insert("room again", in: $0) }
    let check = try await store.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") }
    #expect(check == "ok")
    #expect(try await Fixture.texts(store).count == written + 1)
    try await store.close()
  }

  private func run(_ program: String, _ arguments: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
