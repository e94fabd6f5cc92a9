package import AuditLog
package import Contracts
import GRDB
import Storage

/// Takes in the truth: by request, late and corrected.
package struct LabelDesk: Sendable {
  let store: MonitorStore
  let limits: MonitorLimits

  /// Keeps labels; on disk when this returns. The same label twice is one.
  package func add(
    _ request: Monitor.AddLabelsRequest, by author: AuditReference
  ) async throws(MonitorError) -> Monitor.AddLabelsResponse {
    try ModelRule.check(model: request.model)
    guard !request.labels.isEmpty, request.labels.count <= limits.labelsPerCallMax else {
      throw .invalid(
        "\(request.labels.count) labels: expected 1 to \(limits.labelsPerCallMax) in a call")
    }
    for label in request.labels {
      guard !label.requestID.isEmpty, label.requestID.utf8.count <= 256, !label.value.isEmpty,
        label.value.utf8.count <= limits.labelBytesMax
      else {
        throw .invalid(
          "label of request `\(label.requestID.prefix(80))`: expected a request id and a value of at "
            + "most \(limits.labelBytesMax) bytes")
      }
    }
    return try await store.change { [limits, now = store.now] database in
      var response = Monitor.AddLabelsResponse()
      for label in request.labels {
        switch try Self.keep(label, of: request.model, by: author.name, now(), limits, in: database)
        {
        case .added: response.added += 1
        case .corrected: response.corrected += 1
        case .known: response.known += 1
        }
        if !(try Self.hasRecord(of: label, request.model, in: database)) { response.unknown += 1 }
      }
      guard response.added + response.corrected > 0 else { return .unchanged(response) }
      return .changed(
        response,
        MonitorChange(
          action: .labelsAdd, author: author, model: request.model,
          after: [
            "added": .integer(Int64(response.added)),
            "corrected": .integer(Int64(response.corrected)),
          ]))
    }
  }

  private enum Kept {
    case added
    case corrected
    case known
  }

  private static func keep(
    _ label: Monitor.Label, of model: String, by author: String, _ now: Int64,
    _ limits: MonitorLimits, in database: Database
  ) throws -> Kept {
    let before = try Row.fetchOne(
      database.cachedStatement(
        sql: """
          SELECT number, value FROM label WHERE model = ? AND request_id = ? AND row = ?
          ORDER BY number DESC LIMIT 1
          """), arguments: [model, label.requestID, label.row])
    let number: Int64 = before?["number"] ?? 0
    if let before, before["value"] as String == label.value { return .known }
    try database.cachedStatement(
      sql: """
        INSERT INTO label (model, request_id, row, number, value, known_at, received_at, given_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      model, label.requestID, label.row, number + 1, label.value,
      label.knownAt == 0 ? now : label.knownAt, now, author,
    ])
    // The first and the newest stay.
    try database.cachedStatement(
      sql: """
        DELETE FROM label WHERE model = ? AND request_id = ? AND row = ? AND number > 1 AND number <= ?
        """
    ).execute(arguments: [
      model, label.requestID, label.row, number + 1 - Int64(limits.labelsPerRowMax - 1),
    ])
    return before == nil ? .added : .corrected
  }

  private static func hasRecord(
    of label: Monitor.Label, _ model: String, in database: Database
  ) throws -> Bool {
    try Bool.fetchOne(
      database.cachedStatement(
        sql: "SELECT EXISTS (SELECT 1 FROM record WHERE model = ? AND request_id = ?)"),
      arguments: [model, label.requestID]) ?? false
  }
}
