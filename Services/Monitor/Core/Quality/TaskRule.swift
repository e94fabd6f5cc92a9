import Contracts
import GRDB
import Storage

/// What a model is to predict: as somebody has set it, or as its outputs show.
enum TaskRule {
  static let kinds = ["binary", "multiclass", "regression"]

  static func check(_ task: Monitor.Task) throws(MonitorError) {
    try ModelRule.check(model: task.model)
    guard kinds.contains(task.kind) else {
      throw .invalid(
        "task `\(task.kind.prefix(80))`: expected one of `\(kinds.joined(separator: "`, `"))`")
    }
    guard !task.prediction.isEmpty || task.kind == "binary" && !task.score.isEmpty else {
      throw .invalid(
        "expected the column of the prediction" + (task.kind == "binary" ? " or of the score" : ""))
    }
    guard task.kind != "binary" || !task.positive.isEmpty else {
      throw .invalid("expected the positive class, as labels name it, such as `1`")
    }
    guard task.threshold.isFinite else { throw .invalid("expected a threshold that is a number") }
  }

  static func stored(_ model: String, in database: Database) throws -> Monitor.Task? {
    let row = try Row.fetchOne(
      database, sql: "SELECT content FROM task WHERE model = ?", arguments: [model])
    return try row.map { try Monitor.Task(decoding: $0.bytes(named: "content")) }
  }

  static func store(_ task: Monitor.Task, in database: Database) throws {
    try database.execute(
      sql: "INSERT OR REPLACE INTO task (model, content) VALUES (?, ?)",
      arguments: [task.model, DatabaseValue(bytes: task.encodedBytes())])
  }

  /// What the outputs of a row show: two numbers are the probabilities of two classes, more those of
  /// several, one is a number or a probability of its own, a text is a class.
  static func guess(_ model: String, of columns: [Monitor.StoredColumn]) -> Monitor.Task {
    let outputs = columns.filter { $0.role == "output" }
    var task = Monitor.Task(model: model, threshold: 0.5)
    if let top = outputs.first(where: { $0.name.hasSuffix(".top") }) {
      let tensor = top.name.dropLast(".top".count)
      task.prediction = top.name
      let elements = outputs.count { $0.name.hasPrefix("\(tensor)[") }
      task.kind = elements == 2 ? "binary" : "multiclass"
      if elements == 2 {
        task.score = "\(tensor)[1]"
        task.positive = "1"
      }
    } else if let text = outputs.first(where: { $0.kind == "category" }) {
      task.prediction = text.name
      task.kind = "multiclass"
    } else if let number = outputs.first(where: { $0.kind == "number" }) {
      task.prediction = number.name
      task.kind = "regression"
    }
    return task
  }
}
