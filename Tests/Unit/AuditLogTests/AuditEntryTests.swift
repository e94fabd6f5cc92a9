import Foundation
import Testing

@testable import AuditLog

struct AuditEntryTests {
  private static let golden =
    #"{"actor":{"kind":"person","name":"alice"},"after":{"replicas":3,"tags":["a",null,true]},"before":null,"#
    + #""id":"019aae6f-1a70-7123-8abc-0123456789ab","kind":"deployment.set","#
    + #""occurredAtMicroseconds":1795405286000001,"reason":"more \"load\"\n\u0001é","#
    + #""service":"registry","subject":{"kind":"model","name":"demo"},"v":1}"#

  private static func entry() throws -> AuditEntry {
    try AuditEntry(
      identifier: AuditEntryIdentifier("019aae6f-1a70-7123-8abc-0123456789ab"),
      occurredAtMicroseconds: 1_795_405_286_000_001, service: "registry", kind: .deploymentSet,
      actor: AuditReference(.person, "alice"), subject: AuditReference(.model, "demo"),
      reason: "more \"load\"\n\u{1}é", after: ["tags": ["a", .null, true], "replicas": 3])
  }

  @Test("an entry is these bytes and comes back from them")
  func roundTrips() throws {
    let entry = try Self.entry()
    #expect(String(decoding: entry.canonicalBytes, as: UTF8.self) == Self.golden)
    #expect(try AuditEntry(canonicalBytes: entry.canonicalBytes) == entry)
  }

  @Test(
    "another spelling, an unknown field or a wrong value is refused",
    arguments: [
      ("{\"actor\"", "{ \"actor\""), ("\"v\":1}", "\"v\":2}"), ("\"v\":1}", "\"v\":1,\"w\":1}"),
      ("\"v\":1}", "\"v\":1,\"v\":1}"), ("\"before\":null,", ""),
      ("\"replicas\":3", "\"replicas\":3.5"),
      ("\"replicas\":3", "\"replicas\":3.0"), ("\"replicas\":3", "\"replicas\":9007199254740992"),
      ("\"replicas\":3", "\"réplicas\":3"), ("deployment.set", "deployment"),
      ("\"kind\":\"person\"", "\"kind\":\"robot\""), ("\"name\":\"demo\"", "\"name\":\"\""),
      ("\\u0001", "\\u0041"), ("é", "\\u00e9"), ("019aae6f-1a70", "019AAE6F-1a70"),
      ("1795405286000001", "-1"),
    ])
  func refuses(part: String, replacement: String) throws {
    let text = Self.golden.replacingOccurrences(of: part, with: replacement)
    #expect(text != Self.golden)
    #expect(throws: AuditEntryError.self) { try AuditEntry(canonicalBytes: Array(text.utf8)) }
  }

  @Test("no prefix of an entry is an entry")
  func refusesPrefixes() throws {
    let bytes = try Self.entry().canonicalBytes
    for length in 0..<bytes.count {
      #expect(throws: AuditEntryError.self) {
        try AuditEntry(canonicalBytes: Array(bytes.prefix(length)))
      }
    }
  }

  @Test("limits are held and named")
  func holdsLimits() throws {
    func make(reason: String = "", after: [String: AuditValue]? = nil) throws {
      _ = try AuditEntry(
        occurredAtMicroseconds: 0, service: "s", kind: .settingChange,
        actor: AuditReference(.service, "s"), subject: AuditReference(.setting, "x"),
        reason: reason, after: after)
    }
    try make(reason: String(repeating: "r", count: 4096))
    #expect(throws: AuditEntryError.self) { try make(reason: String(repeating: "r", count: 4097)) }
    #expect(throws: AuditEntryError.self) { try make(after: ["": 1]) }
    #expect(throws: AuditEntryError.self) { try make(after: ["a": [[[[[[1]]]]]]]) }
    #expect {
      try make(after: ["a": .string(String(repeating: "x", count: AuditEntry.lengthMaxBytes))])
    } throws: { error in
      guard case .tooLong? = error as? AuditEntryError else { return false }
      return true
    }
  }

  @Test("identifiers are version 7 UUIDs that carry their millisecond")
  func generatesIdentifiers() throws {
    let text = AuditEntryIdentifier.generate(occurredAtMicroseconds: 1_795_405_286_123_456)
      .description
    #expect(text.hasPrefix("01a2067e-8aeb-7"))
    #expect("89ab".contains(text.dropFirst(19).prefix(1)))
    #expect(AuditEntryIdentifier(text)?.description == text)
    let many = Set((0..<1000).map { _ in AuditEntryIdentifier.generate(occurredAtMicroseconds: 0) })
    #expect(many.count == 1000)
    #expect(AuditEntryIdentifier("+" + text.dropFirst()) == nil)
  }

  @Test(
    "a kind is a dotted name",
    arguments: [
      ("model.push", true), ("sign-in.refused", true), ("a.b.c2", true), ("model", false),
      ("", false), (".", false), ("model.", false), ("Model.push", false), ("model.2", false),
      ("mo del.push", false), ("mödel.push", false),
      (String(repeating: "a", count: 63) + ".b", false),
    ])
  func readsKinds(name: String, isKind: Bool) {
    #expect((AuditKind(name)?.name == name) == isKind)
  }
}
