package import Contracts
import GRDB
import Trust

extension Items {
  package func item(_ id: String, for asker: Asker) async throws(ContentError) -> Content.Item {
    try await store.read { database in
      let record = try Self.visible(id, to: asker, in: database)
      return try ItemView(database: database).item(record)
    }
  }

  package func revision(
    _ request: Content.GetRevisionRequest, for asker: Asker
  ) async throws(ContentError) -> Content.Revision {
    try await store.read { database in
      let record = try Self.visible(request.item, to: asker, in: database)
      guard let row = record.revisions.first(where: { $0.number == request.number }) else {
        throw ContentError.missing("item `\(record.id)` has no revision \(request.number)")
      }
      return try ItemView(database: database).revision(record, row)
    }
  }

  package func list(
    _ request: Content.ListItemsRequest, for asker: Asker
  ) async throws(ContentError) -> Content.ListItemsResponse {
    let limit = Self.page(request.limit)
    return try await store.read { database in
      let person = try PartyTable.known(asker.name, in: database)
      let ids = try String.fetchAll(
        database,
        sql: """
          SELECT id FROM item WHERE id > ? AND (? = '' OR state = ?) AND (? = '' OR channel = ?)
            AND (? OR author = ?) ORDER BY id LIMIT ?
          """,
        arguments: [
          request.after, request.state, request.state, request.channel, request.channel,
          asker.seesAll, person?.row, limit + 1,
        ])
      let view = ItemView(database: database)
      return Content.ListItemsResponse(
        items: try ids.prefix(limit).map { try view.summary(.load($0, in: database)) },
        next: ids.count > limit ? ids[limit - 1] : "")
    }
  }

  /// What waits for this person's decision, the nearest deadline first.
  package func reviews(
    _ request: Content.ListReviewsRequest, for asker: Asker
  ) async throws(ContentError) -> Content.ListItemsResponse {
    let (now, limit) = (store.now(), Self.page(request.limit))
    return try await store.read { database in
      guard let person = try PartyTable.known(asker.name, in: database) else {
        return Content.ListItemsResponse()
      }
      let ids = try String.fetchAll(
        database,
        sql: """
          SELECT id FROM item WHERE state = 'review' ORDER BY coalesce(due_at, ?), id LIMIT ?
          """, arguments: [Int64.max, ContentLimits.pageMax])
      let view = ItemView(database: database)
      let waiting = try ids.lazy.map { try ItemRecord.load($0, in: database) }
        .filter { $0.itemCase.waits(for: person) && $0.itemCase.due(at: now) == nil }
      return Content.ListItemsResponse(
        items: try waiting.prefix(limit).map { try view.summary($0) })
    }
  }

  /// The content of a released item. Who takes it is on disk before they have it.
  package func fetch(
    _ request: Content.FetchItemRequest, by asker: Asker
  ) async throws(ContentError) -> Content.FetchedItem {
    let now = store.now()
    return try await store.change { database in
      let record = try ItemRecord.load(request.item, in: database)
      let content = try record.released(at: now, in: database)
      let recipient = try PartyTable.person(named: asker.name, in: database)
      let delivery = try DeliveryTable.add(record, to: recipient, at: now, in: database)
      return (
        Content.FetchedItem(
          item: record.id, revision: record.current.number,
          purpose: record.current.purpose.contract, content: content,
          until: record.itemCase.dueAt?.contract ?? 0, marking: Self.marking(record)),
        delivery.change.map { [$0] } ?? []
      )
    }
  }

  package func deliveries(of item: String) async throws(ContentError) -> [Content.Delivery] {
    try await store.read { try DeliveryTable.list(of: item, in: $0) }
  }

  /// Writes down what time has done: deadlines that passed, releases that ended.
  ///
  /// - Returns: how many items it concerned.
  @discardableResult
  func settleDue() async throws(ContentError) -> Int {
    let now = store.now()
    let ids = try await store.read { database in
      try String.fetchAll(
        database, sql: "SELECT id FROM item WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        arguments: [now.millisecondsSinceEpoch, ContentLimits.dueMax])
    }
    for id in ids {
      try await store.change { database in
        var record = try ItemRecord.load(id, in: database)
        let before = record.itemCase.phase.name
        guard try record.settle(at: now, in: database) != nil else { return ((), []) }
        return ((), [try ItemChange(record, database).made(before: before)])
      }
    }
    return ids.count
  }

  private static func visible(
    _ id: String, to asker: Asker, in database: Database
  ) throws -> ItemRecord {
    let record = try ItemRecord.load(id, in: database)
    try asker.checkSees(record, as: try PartyTable.known(asker.name, in: database))
    return record
  }

  private static func page(_ limit: UInt32) -> Int {
    limit == 0 ? ContentLimits.pageDefault : min(Int(limit), ContentLimits.pageMax)
  }

  /// What a model wrote says so to machines (EU AI Act, Article 50; IPTC digital source type).
  private static func marking(_ record: ItemRecord) -> String {
    guard !record.origin.model.isEmpty else { return "" }
    let type = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
    // Names by the rule of `Name`, so nothing of them needs escaping.
    return """
      {"digitalSourceType":"\(type)","item":"\(record.id)","model":"\(record.origin.model)",\
      "time":"\(record.createdAt)","version":\(record.origin.version)}
      """
  }
}
