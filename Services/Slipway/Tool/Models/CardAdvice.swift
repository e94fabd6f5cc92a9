internal import Foundation
internal import Yams

/// What a model card says of how the model is to be run; every field may be absent.
///
///     engine: auto            # or one engine's name: the others are not asked
///     precision: bf16         # fp32 where nobody asks
///     tolerance: 0.001        # how far engines may differ, relative
///     examples:               # inputs that they are compared on
///       - x: [[0.1, 0.2]]
struct CardAdvice: Sendable, Equatable {
  private static let precisions: Set = ["fp32", "bf16"]

  var engine: String?
  var precision: String?
  var tolerance: Double?
  /// A list of objects as JSON; empty for none.
  var examples = ""

  /// - Throws: `usage` for a field that says something else than is expected.
  init(card: String) throws(ToolError) {
    guard let text = try? String(contentsOf: URL(fileURLWithPath: card), encoding: .utf8) else {
      throw ToolError(
        .notFound, "`\(card)` is not there or can't be read: expected the model's card")
    }
    // What is no mapping at all, the registry refuses with the line.
    guard let fields = (try? Yams.load(yaml: text)) as? [String: Any] else { return }
    engine = try Self.text("engine", fields)
    precision = try Self.text("precision", fields)
    if let precision, !Self.precisions.contains(precision) {
      throw Self.wrong("precision", "`fp32` or `bf16`")
    }
    if let value = fields["tolerance"] {
      guard let number = value as? Double ?? (value as? Int).map(Double.init), number > 0,
        number < 1
      else { throw Self.wrong("tolerance", "a number between 0 and 1") }
      tolerance = number
    }
    if let value = fields["examples"] {
      guard let list = value as? [[String: Any]], JSONSerialization.isValidJSONObject(list),
        let json = try? JSONSerialization.data(withJSONObject: list, options: .sortedKeys)
      else { throw Self.wrong("examples", "a list of mappings from inputs to nested lists") }
      examples = String(decoding: json, as: UTF8.self)
    }
  }

  var arguments: [String] {
    (engine.map { ["--engine", $0] } ?? []) + (precision.map { ["--precision", $0] } ?? [])
      + (tolerance.map { ["--tolerance", "\($0)"] } ?? [])
  }

  /// The examples in a file that the caller removes; nil for none.
  func exampleFile() throws(ToolError) -> String? {
    guard !examples.isEmpty else { return nil }
    let file = FileManager.default.temporaryDirectory.appending(
      path: "slipway-examples-\(UUID().uuidString).json")
    do {
      try Data(examples.utf8).write(to: file, options: .withoutOverwriting)
    } catch {
      throw ToolError(.failed, "`\(file.path)` could not be written")
    }
    return file.path
  }

  private static func text(_ field: String, _ fields: [String: Any]) throws(ToolError) -> String? {
    guard let value = fields[field] else { return nil }
    guard let text = value as? String, !text.isEmpty else { throw wrong(field, "text") }
    return text
  }

  private static func wrong(_ field: String, _ expected: String) -> ToolError {
    ToolError(.usage, "`\(PushPlan.cardPath)`: field `\(field)`: expected \(expected)")
  }
}
