internal import Base
internal import Card
internal import Foundation
internal import Logging

/// How a loaded version is to be run: what its card asks for, as far as the model can have it.
struct ServingPlan: Sendable {
  var rule: BatchRule
  /// A second copy of the model with threads for every core; only where the card prefers latency.
  var wideModel: (any LoadedModel)?
  /// What the second copy takes, as the kernel counts it.
  var wideModelBytes: Int?
  var latencies: BatchLatencies

  /// Registries take no larger card.
  private static let cardBytesMax = 256 << 10

  /// - Throws: `card`.
  static func card(in folder: VersionFolder) throws(LoadError) -> ServingCard {
    guard folder.files.contains(ServingCard.path) else { return ServingCard() }
    let content = try folder.contents(of: ServingCard.path, bytesMax: cardBytesMax)
    do throws(ServingCardError) {
      return try ServingCard(card: [UInt8](content))
    } catch {
      throw .card(error.description)
    }
  }

  /// Tries whether the model answers row by row, and loads it once more where the card asks for it.
  /// - Throws: `card`, `engine`.
  static func make(
    _ version: LoadedVersion, _ folder: VersionFolder, _ card: ServingCard,
    engines: [any InferenceEngine], threads: Int
  ) async throws(LoadError) -> ServingPlan {
    try await DedicatedThread.run(named: "serving plan") { () throws(LoadError) in
      let model = version.model
      var rule: BatchRule
      do throws(ServingCardError) {
        rule = try BatchRule(signature: model.signature, card: card)
      } catch {
        throw .card(error.description)
      }
      if rule.rowsMax > 1, case .mixed(let output) = RowCheck.run(model, rule) {
        rule.forbid(because: "its output \(quoted(output)) of a row depends on the other rows")
      }
      let rowBytes = SyntheticInputs.make(for: model.signature)?.reduce(0) { $0 + $1.byteCount }
      var plan = ServingPlan(
        rule: rule,
        latencies: BatchLatencies(first: version.warmRunTime, bytesPerRow: rowBytes ?? 1))
      if card.preference == .latency, threads > 1 {
        try plan.loadWide(version, folder, engines, threads: threads)
      }
      return plan
    }
  }

  private mutating func loadWide(
    _ version: LoadedVersion, _ folder: VersionFolder, _ engines: [any InferenceEngine],
    threads: Int
  ) throws(LoadError) {
    guard let engine = engines.first(where: { $0.name == version.engineName }) else { return }
    var options = EngineOptions()
    options.intraOpThreads = threads
    let before = Self.residentBytes
    do throws(EngineError) {
      let model = try engine.load(modelFile: folder.path(of: version.modelFile), options: options)
      // Memory is taken in the first run; a model may refuse what was made up for it.
      if let inputs = SyntheticInputs.make(for: model.signature) { _ = try? model.run(inputs) }
      wideModel = model
    } catch {
      throw .engine(error)
    }
    if let before, let after = Self.residentBytes { wideModelBytes = max(0, after - before) }
  }

  func report(to logger: Logger) {
    if let whyAlone = rule.whyAlone {
      logger.info("every call runs alone", metadata: ["reason": "\(whyAlone)"])
    } else {
      logger.info("calls share runs", metadata: ["batch_rows_max": "\(rule.rowsMax)"])
    }
    if wideModel != nil {
      logger.info(
        "a second copy of the model uses all cores for a call that is alone",
        metadata: ["memory_bytes": "\(wideModelBytes.map(String.init) ?? "unknown")"])
    }
  }

  /// The second number of /proc/self/statm, in pages.
  private static var residentBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * pageBytes }
  }

  private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
}
