/// Whose signatures count: keys, the people they belong to, and how many approvers it takes.
///
/// A JSON file on the host that relies on it, never fetched from the registry:
/// ```json
/// {
///   "version": 1,
///   "approversRequired": 2,
///   "environments": { "production": { "approversRequired": 3 } },
///   "people": [
///     {
///       "person": "alice",
///       "roles": ["pusher", "approver"],
///       "keys": [
///         { "key": "slipway-ed25519-p256 AAAA… alice@laptop", "expiresAt": "2027-11-23T00:00:00Z" },
///         { "key": "slipway-ed25519-p256 AAAB… alice@old", "revoked": true }
///       ]
///     }
///   ]
/// }
/// ```
/// `approversRequired` (1 to 16, default 2) and `environments` may be left out, as may a key's
/// `expiresAt` and `revoked`. Anything unknown is refused by name, so that a misspelled
/// restriction is never silently none. A person and a key may occur once.
package struct TrustFile: Equatable, Sendable {
  package static let approversRequiredDefault = 2
  package static let approversRequiredMax = 16
  package static let lengthMaxBytes = 1 << 20

  package let keys: [TrustedKey]
  private let approversRequiredByDefault: Int
  private let approversRequiredByEnvironment: [String: Int]
  private let keyByIdentifier: [String: TrustedKey]
  private let keyByManifestHint: [String: TrustedKey]

  /// Reads a trust file's JSON.
  package init(json: [UInt8]) throws(TrustFileError) {
    do {
      self = try TrustFile(JSONParser.parse(json, lengthMaxBytes: Self.lengthMaxBytes))
    } catch {
      throw .malformed(error.message)
    }
  }

  /// Reads the trust file at `path`.
  /// - Throws: `TrustFileError`; `KeyError.fileWritableByOthers` inside it when group or others could
  ///   change the file.
  package static func load(from path: String) throws(TrustFileError) -> TrustFile {
    let content: [UInt8]
    do {
      content = try KeyFile.read(path, exposure: .trusted)
    } catch {
      throw .key(error)
    }
    do {
      return try TrustFile(json: content)
    } catch .malformed(let reason) {
      throw .malformed("\(reason) in `\(path)`")
    }
  }

  /// How many people must have approved before a version may serve in `environment`.
  package func approversRequired(in environment: String) -> Int {
    approversRequiredByEnvironment[environment] ?? approversRequiredByDefault
  }

  /// The key with this identifier, revoked and expired ones too.
  package func key(identifier: String) -> TrustedKey? {
    keyByIdentifier[identifier]
  }

  /// The key whose P-256 half has this hint, revoked and expired ones too.
  package func key(manifestHint: String) -> TrustedKey? {
    keyByManifestHint[manifestHint]
  }

  private init(_ value: JSONValue) throws(JSONError) {
    let reader = try JSONReader(
      value, fields: ["version", "approversRequired", "environments", "people"])
    guard try reader.integer("version") == 1 else {
      throw JSONError("expected `version` to be 1")
    }
    approversRequiredByDefault =
      try Self.approversRequired(reader) ?? Self.approversRequiredDefault
    approversRequiredByEnvironment = try Self.environments(reader)
    keys = try Self.people(reader)
    keyByIdentifier = Dictionary(
      keys.map { ($0.key.identifier.description, $0) }, uniquingKeysWith: { one, _ in one })
    keyByManifestHint = Dictionary(
      keys.map { ($0.key.manifestHint, $0) }, uniquingKeysWith: { one, _ in one })
    guard keyByIdentifier.count == keys.count, keyByManifestHint.count == keys.count else {
      throw JSONError("expected every key to occur once, one occurs twice")
    }
  }

  private static func approversRequired(_ reader: JSONReader) throws(JSONError) -> Int? {
    guard reader.has("approversRequired") else { return nil }
    let count = try reader.integer("approversRequired")
    guard count >= 1, count <= approversRequiredMax else {
      throw JSONError(
        "expected `\(reader.path("approversRequired"))` to be 1 to \(approversRequiredMax), got \(count)"
      )
    }
    return Int(count)
  }

  private static func environments(_ reader: JSONReader) throws(JSONError) -> [String: Int] {
    guard reader.has("environments") else { return [:] }
    var counts: [String: Int] = [:]
    for member in try reader.members("environments") {
      if let fault = Name.fault(member.name) {
        throw JSONError("the environment `\(member.name)` \(fault)")
      }
      let environment = try JSONReader(
        member.value, place: "environments.\(member.name)", fields: ["approversRequired"])
      counts[member.name] = try approversRequired(environment)
    }
    return counts
  }

  private static func people(_ reader: JSONReader) throws(JSONError) -> [TrustedKey] {
    var keys: [TrustedKey] = []
    var people: Set<String> = []
    for (index, entry) in try reader.array("people").enumerated() {
      let person = try JSONReader(
        entry, place: "people[\(index)]", fields: ["person", "roles", "keys"])
      let name = try person.name("person")
      guard people.insert(name).inserted else {
        throw JSONError("expected each person once, `\(name)` occurs twice")
      }
      let roles = try roles(person)
      for (index, entry) in try person.array("keys").enumerated() {
        let key = try JSONReader(
          entry, place: "\(person.path("keys"))[\(index)]", fields: ["key", "expiresAt", "revoked"])
        keys.append(
          TrustedKey(
            person: name, roles: roles, key: try verifyingKey(key),
            expiresAt: key.has("expiresAt") ? try key.timestamp("expiresAt") : nil,
            isRevoked: key.has("revoked") ? try key.boolean("revoked") : false))
      }
    }
    return keys
  }

  private static func roles(_ person: JSONReader) throws(JSONError) -> Set<TrustedKey.Role> {
    var roles: Set<TrustedKey.Role> = []
    for name in try person.strings("roles") {
      guard let role = TrustedKey.Role.allCases.first(where: { $0.rawValue == name }) else {
        throw JSONError(
          "expected `\(person.path("roles"))` to hold `pusher` or `approver`, got `\(name)`")
      }
      roles.insert(role)
    }
    return roles
  }

  private static func verifyingKey(_ reader: JSONReader) throws(JSONError) -> VerifyingKey {
    let line = try reader.string("key")
    do {
      return try VerifyingKey(line)
    } catch {
      throw JSONError("`\(reader.path("key"))`: \(error)")
    }
  }
}
