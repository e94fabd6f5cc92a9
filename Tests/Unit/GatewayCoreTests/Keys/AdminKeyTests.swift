import AuditLog
import Foundation
import Testing
import Trust

@testable import GatewayCore

@Suite struct AdminKeyTests {
  private func key(_ gateway: TestGateway) throws -> APIKey {
    let text = try String(contentsOfFile: gateway.adminKeyPath, encoding: .utf8)
    return try APIKey(text.trimmingCharacters(in: .newlines))
  }

  @Test("the first start writes one admin key, the next ones none")
  func firstStart() async throws {
    try await TestGateway.run { gateway in
      let record = try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys)
      let key = try key(gateway)
      #expect(record?.id == key.id && record?.roles == [.admin])
      #expect(gateway.isGood(key))
      let again = try await gateway.restarted()
      #expect(try await AdminKey.bootstrap(path: again.adminKeyPath, keys: again.keys) == nil)
      #expect(try self.key(again) == key && again.isGood(key))
      let entries = try await again.entries()
      #expect(entries.map(\.kind.name) == ["key.create"])
      #expect(entries.first?.actor.description == "service:gateway")
    }
  }

  @Test("a file that was taken away is not made again")
  func fileTakenAway() async throws {
    try await TestGateway.run { gateway in
      _ = try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys)
      try FileManager.default.removeItem(atPath: gateway.adminKeyPath)
      #expect(try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys) == nil)
      #expect(!FileManager.default.fileExists(atPath: gateway.adminKeyPath))
    }
  }

  @Test("a crash between the file and the database is made good by the next start")
  func crashInBetween() async throws {
    try await TestGateway.run { gateway in
      let draft = try gateway.keys.newKey()
      try Data((draft.text + "\n").utf8).write(to: URL(fileURLWithPath: gateway.adminKeyPath))
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o600], ofItemAtPath: gateway.adminKeyPath)
      _ = try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys)
      #expect(gateway.isGood(draft))
    }
  }

  @Test("a file that others can read, or that holds no key, is refused", arguments: [0o644, 0o600])
  func badFile(mode: Int) async throws {
    try await TestGateway.run { gateway in
      let text = mode == 0o644 ? try gateway.keys.newKey().text : "hello"
      try Data(text.utf8).write(to: URL(fileURLWithPath: gateway.adminKeyPath))
      try FileManager.default.setAttributes(
        [.posixPermissions: mode], ofItemAtPath: gateway.adminKeyPath)
      await #expect(throws: GatewayError.self) {
        try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys)
      }
      #expect(try await gateway.keys.list().isEmpty)
    }
  }

  @Test("every file is closed to others")
  func modes() async throws {
    try await TestGateway.run { gateway in
      _ = try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys)
      let files = try filesIn(gateway.folder)
      #expect(Set(files.map(\.name)).isSuperset(of: ["admin.key", "key.pepper", "gateway.sqlite"]))
      for file in files { #expect(file.mode == 0o600, "\(file.name)") }
    }
  }

  @Test("a lost pepper is not replaced while there are keys")
  func lostPepper() async throws {
    try await TestGateway.run { gateway in
      _ = try await AdminKey.bootstrap(path: gateway.adminKeyPath, keys: gateway.keys)
      try FileManager.default.removeItem(at: gateway.folder.appendingPathComponent("key.pepper"))
      await #expect(throws: GatewayError.self) { _ = try await gateway.restarted() }
    }
  }
}
