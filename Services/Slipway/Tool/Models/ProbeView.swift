internal import Foundation

/// What probing has shown of a version, as its `probe.json` says.
struct ProbeView: Codable, Sendable {
  struct Latency: Codable, Sendable {
    var batch: Int
    var microseconds: Double
    var memoryBytes: UInt64
  }

  struct Difference: Codable, Sendable {
    var tensor: String
    var absolute: Double
    var shareOfTolerance: Double
  }

  struct Engine: Codable, Sendable {
    var name: String
    var version: String
    var precision: String
    var loadMilliseconds: Double?
    var latencies: [Latency]
    var agrees: Bool
    var largestDifference: Difference?
    var failure: String?
  }

  struct Choice: Codable, Sendable {
    var batch: Int
    var engine: String
  }

  var engine: String
  var precision: String
  var syntheticCases: Int
  var givenCases: Int
  var machine: String
  var engines: [Engine]
  var choices: [Choice]

  /// Nil for a version that nobody probed.
  init?(_ document: [UInt8]) {
    guard let view = try? JSONDecoder().decode(Self.self, from: Data(document)) else { return nil }
    self = view
  }

  /// Three columns: what, of what, how.
  var rows: [[String]] {
    let chosen = choices.map { choice in
      choice.batch == 1 ? choice.engine : "\(choice.engine) from batch \(choice.batch)"
    }
    return [
      ["engine", chosen.joined(separator: ", "), "asked for \(engine), \(precision)"],
      [
        "probe", "\(syntheticCases) synthetic cases, \(givenCases) of the card",
        "on \(machine)",
      ],
    ] + engines.flatMap(rows)
  }

  private func rows(of engine: Engine) -> [[String]] {
    let name = "\(engine.name) \(engine.version) \(engine.precision)"
    let verdict =
      engine.failure
      ?? engine.largestDifference.map { found in
        (engine.agrees ? "agrees" : "differs")
          + ", largest difference \(Self.short(found.absolute)) in "
          + "`\(found.tensor)`, \(Self.short(found.shareOfTolerance)) of the tolerance"
      } ?? "agrees"
    return [["probe", name, verdict]]
      + engine.latencies.map { latency in
        [
          "probe", "\(name), batch \(latency.batch)",
          "\(Spelling.nanoseconds(UInt64(latency.microseconds * 1000))), "
            + Spelling.size(latency.memoryBytes),
        ]
      }
  }

  private static func short(_ number: Double) -> String {
    number == .greatestFiniteMagnitude ? "beyond all bounds" : String(format: "%.2g", number)
  }
}
