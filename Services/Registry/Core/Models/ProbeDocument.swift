import Foundation

/// The rule for `probe.json`: what each engine made of a version before it was pushed.
///
/// The file is the pusher's word, signed with the version. What it admits to is held against it: a version
/// on which two engines disagree does not come in.
enum ProbeDocument {
  static let path = "probe.json"

  private static let format = 1
  private static let precisions: Set = ["fp32", "bf16"]

  private struct Document: Decodable {
    var format: Int
    var engines: [Engine]
    var choices: [Choice]
  }

  private struct Engine: Decodable {
    var name: String
    var precision: String
    var agrees: Bool
    var largestDifference: Difference?
    var latencies: [Latency]?
  }

  private struct Latency: Decodable {
    var memoryBytes: UInt64
  }

  private struct Difference: Decodable {
    var tensor: String
    var absolute: Double
    var shareOfTolerance: Double
  }

  private struct Choice: Decodable {
    var batch: Int
    var engine: String
  }

  /// What a process took that ran the chosen engines, or nil where the record does not say.
  static func memoryBytes(_ bytes: [UInt8]) -> UInt64? {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else {
      return nil
    }
    let chosen = Set(document.choices.map(\.engine))
    let found = document.engines.filter { chosen.contains($0.name) }.compactMap { engine in
      engine.latencies?.map(\.memoryBytes).max()
    }
    let sum = found.reduce(UInt64(0)) { $0 &+ min($1, 1 << 50) }
    return sum > 0 ? sum : nil
  }

  /// - Throws: `invalid` for what is no such record, `refused` for one of engines that disagree.
  static func check(_ bytes: [UInt8]) throws(RegistryError) {
    guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)),
      document.format == format,
      document.engines.allSatisfy({ precisions.contains($0.precision) })
    else {
      throw .invalid("`\(path)`: expected the record that `slipway model push` writes, format 1")
    }
    for engine in document.engines where engine.precision == "fp32" && !engine.agrees {
      guard let found = engine.largestDifference, found.shareOfTolerance > 1 else { continue }
      throw .refused(
        "`\(path)`: the engines disagree: output `\(NameRule.excerpt(found.tensor))` of "
          + "`\(NameRule.excerpt(engine.name))` differs by \(found.absolute), which is "
          + "\(found.shareOfTolerance) times what is tolerated")
    }
    let fit = Set(document.engines.filter { $0.agrees || $0.precision == "bf16" }.map(\.name))
    guard !document.choices.isEmpty, document.choices.allSatisfy({ fit.contains($0.engine) }) else {
      throw .invalid("`\(path)`: `choices`: expected one engine or more that can serve the version")
    }
  }
}
