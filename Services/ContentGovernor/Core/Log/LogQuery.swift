package import AuditLog
import GRDB

/// Which entries an auditor asks for; what is nil does not narrow.
package struct LogQuery: Sendable, Hashable {
  package static let pageMax = 500
  /// Bytes of leaves and records on a page.
  static let pageBytesMax = 4 << 20

  package var person: String?
  package var model: String?
  package var item: AuditReference?
  package var kind: AuditKind?
  /// Microseconds since 1970, the end not included.
  package var since: Int64?
  package var until: Int64?
  package var start = 0
  package var limit = pageMax

  package init() {}

  /// What a page holds.
  package struct Page: Sendable, Hashable {
    package struct Entry: Sendable, Hashable {
      package let index: Int
      package let leaf: [UInt8]
      /// Nil if it was erased.
      package let record: [UInt8]?
    }

    package var entries: [Entry] = []
    /// Where the next page starts; nil if this is the last.
    package var next: Int?
  }

  /// The page, of what is indexed.
  func page(in database: Database) throws -> Page {
    let places = try places(in: database)
    var page = Page()
    var bytes = 0
    for (count, place) in places.enumerated() {
      guard count < max(1, min(limit, Self.pageMax)), bytes < Self.pageBytesMax else {
        page.next = place
        break
      }
      guard let stored = try LogReader.entries(place..<place + 1, in: database).first else { break }
      let record = try LogReader.record(of: stored, in: database)?.bytes
      bytes += stored.leaf.count + (record?.count ?? 0)
      page.entries.append(Page.Entry(index: place, leaf: stored.leaf, record: record))
    }
    return page
  }

  private var names: [[Party.Name]] {
    var names: [[Party.Name]] = []
    if let person {
      names.append(
        [.person, .principal, .source].map { Party.Name(AuditReference($0, person)) })
    }
    if let model { names.append([Party.Name(AuditReference(.model, model))]) }
    if let item { names.append([Party.Name(item)]) }
    if let kind { names.append([Party.Name(kind)]) }
    return names
  }

  /// One more than fits on a page.
  private func places(in database: Database) throws -> [Int] {
    var parties: [[Int64]] = []
    for names in names {
      let found = try PartyBook.read(Set(names), in: database).values.map(\.id)
      if found.isEmpty { return [] }
      parties.append(found)
    }
    // A source without terms, or the rows of the first term.
    let table = parties.isEmpty ? "moment" : "mention"
    var conditions = ["one.idx >= ?", "one.at >= ?", "one.at < ?"]
    var arguments: [any DatabaseValueConvertible] = [start, since ?? .min, until ?? .max]
    for (number, some) in parties.enumerated() {
      let marks = some.map { _ in "?" }.joined(separator: ", ")
      arguments += some as [any DatabaseValueConvertible]
      conditions.append(
        number == 0
          ? "one.party IN (\(marks))"
          : "EXISTS (SELECT 1 FROM mention m WHERE m.party IN (\(marks)) AND m.idx = one.idx)")
    }
    return try Int.fetchAll(
      database,
      sql: """
        SELECT DISTINCT one.idx FROM \(table) one WHERE \(conditions.joined(separator: " AND "))
        ORDER BY one.idx LIMIT \(max(1, min(limit, Self.pageMax)) + 1)
        """,
      arguments: StatementArguments(arguments))
  }
}
