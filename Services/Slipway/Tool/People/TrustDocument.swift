internal import Foundation
internal import Trust

/// A trust file as it is edited: the same JSON that `TrustFile` reads and judges.
struct TrustDocument: Codable, Sendable, Hashable {
  struct Environment: Codable, Sendable, Hashable {
    var approversRequired: Int?
  }

  struct Key: Codable, Sendable, Hashable {
    var key: String
    var expiresAt: String?
    var revoked: Bool?
  }

  struct Person: Codable, Sendable, Hashable {
    var person: String
    var roles: [String]
    var keys: [Key]
  }

  var version = 1
  var approversRequired: Int?
  var environments: [String: Environment]?
  var people: [Person] = []

  static func load(_ path: String) throws(ToolError) -> TrustDocument {
    guard let content = FileManager.default.contents(atPath: path) else {
      throw ToolError(
        .notFound, "expected a trust file at `\(path)`, there is none",
        advice: "`slipway up --state DIR` makes it, or say --state DIR")
    }
    do {
      _ = try TrustFile(json: [UInt8](content))
      return try JSONDecoder().decode(TrustDocument.self, from: content)
    } catch {
      throw ToolError(.failed, "`\(path)`: \(error)")
    }
  }

  /// Replaces the file in one step, after making sure that services will read it.
  func save(_ path: String) throws(ToolError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      let content = try encoder.encode(self)
      _ = try TrustFile(json: [UInt8](content))
      try (content + [0x0a]).write(to: URL(fileURLWithPath: path), options: .atomic)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    } catch {
      throw ToolError(.failed, "`\(path)` was not changed: \(error)")
    }
  }

  /// Adds a key to a person, who gets the roles too; a key that is there already is renewed.
  mutating func add(_ key: Key, of person: String, roles: [String]) {
    let bytes = Self.identity(key.key)
    let index = people.firstIndex { $0.person == person } ?? people.count
    if index == people.count { people.append(Person(person: person, roles: [], keys: [])) }
    people[index].roles += roles.filter { !people[index].roles.contains($0) }
    people[index].keys.removeAll { Self.identity($0.key) == bytes }
    people[index].keys.append(key)
  }

  /// - Parameter key: start of a key's id; nil for all of the person's keys.
  /// - Returns: whether anything was there to remove.
  mutating func remove(_ person: String, key: String?) -> Bool {
    guard let index = people.firstIndex(where: { $0.person == person }) else { return false }
    guard let key else {
      people.remove(at: index)
      return true
    }
    let before = people[index].keys.count
    people[index].keys.removeAll {
      (try? VerifyingKey($0.key))?.identifier.description.hasPrefix(key) == true
    }
    let isChanged = people[index].keys.count < before
    if people[index].keys.isEmpty { people.remove(at: index) }
    return isChanged
  }

  /// A key's line without its comment.
  private static func identity(_ line: String) -> [Substring] {
    Array(line.split(separator: " ").prefix(2))
  }
}
