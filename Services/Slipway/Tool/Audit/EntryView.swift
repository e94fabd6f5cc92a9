internal import AuditLog
internal import Contracts
internal import Trust

/// One entry of the log, for people and for programs.
struct EntryView: Sendable {
  static let columns = ["INDEX", "TIME", "KIND", "WHO", "WHAT", "WHY"]
  static let csvColumns = [
    "index", "time", "service", "kind", "actor", "subject", "reason", "before", "after", "id",
  ]

  let index: UInt64
  private let leafText: String
  private let recordText: String?
  private let leaf: AuditLeaf
  /// Nil if it was erased.
  private let entry: AuditEntry?

  /// - Throws: what makes it no entry of a log.
  init(_ answer: TransparencyLog.Entry) throws(ToolError) {
    guard let leaf = AuditLeaf(canonicalBytes: answer.leaf) else {
      throw ToolError(.failed, "the leaf of entry \(answer.index) can't be read")
    }
    index = answer.index
    self.leaf = leaf
    leafText = String(decoding: answer.leaf, as: UTF8.self)
    recordText = answer.record.isEmpty ? nil : String(decoding: answer.record, as: UTF8.self)
    do throws(AuditEntryError) {
      entry = answer.record.isEmpty ? nil : try AuditEntry(canonicalBytes: answer.record)
    } catch {
      throw ToolError(.failed, "the record of entry \(answer.index): \(error)")
    }
  }

  var row: [String] {
    ["\(index)", time, leaf.kind.name, actor, subject, entry?.reason ?? ""]
  }

  var csvFields: [String] {
    [
      "\(index)", time, leaf.service, leaf.kind.name, actor, subject, entry?.reason ?? "",
      Self.json(entry?.before), Self.json(entry?.after), leaf.identifier.description,
    ]
  }

  /// Leaf and record as they are hashed and committed to, byte by byte.
  var jsonLine: String {
    "{\"index\":\(index),\"leaf\":\(leafText),\"record\":\(recordText ?? "null")}"
  }

  private var time: String {
    Timestamp(millisecondsSinceEpoch: leaf.occurredAtMicroseconds / 1000).description
  }

  private var actor: String { entry?.actor.description ?? Self.erased(leaf.actor) }

  private var subject: String { entry?.subject.description ?? Self.erased(leaf.subject) }

  private static func erased(_ party: AuditLeaf.Party) -> String {
    "\(party.kind.rawValue):(erased \(party.pseudonym.prefix(8)))"
  }

  private static func json(_ members: [String: AuditValue]?) -> String {
    members.map { String(decoding: AuditValue.object($0).canonicalBytes(), as: UTF8.self) } ?? ""
  }
}
