/// Which engines a version is loaded in.
struct EnginePlan {
  struct Choice {
    /// From this batch size on.
    var batch: Int
    var engine: any InferenceEngine
  }

  /// At least one, ascending by batch.
  let choices: [Choice]
  let precision: EngineOptions.Precision

  /// - Parameters:
  ///   - record: what the version's probe chose. Without one, the first engine that can.
  ///   - able: the engines of this host that take the file; at least one.
  /// - Throws: `engine` if the version needs one that this host does not have.
  init(record: ProbeRecord?, among able: [any InferenceEngine]) throws(LoadError) {
    let wanted = record?.choices ?? []
    var choices: [Choice] = []
    for choice in wanted.sorted(by: { $0.batch < $1.batch }) {
      guard let engine = able.first(where: { $0.name == choice.engine }) else { continue }
      choices.append(Choice(batch: choices.isEmpty ? 1 : choice.batch, engine: engine))
    }
    if choices.isEmpty {
      // Every engine that agrees will do where the fastest is not installed.
      let fit = record?.engines.filter { $0.agrees && $0.precision == .fp32 }.map(\.name)
      guard
        let engine = able.first(where: { engine in fit?.contains(engine.name) ?? true })
      else {
        throw .engine(
          EngineError(
            .engineMissing,
            "the version runs in \((fit ?? []).joined(separator: " or ")), which is not installed "
              + "here; run scripts/bootstrap"))
      }
      choices = [Choice(batch: 1, engine: engine)]
    }
    self.choices = choices
    precision = record?.precision ?? .fp32
  }
}

extension EngineOptions {
  /// With what the engine does not know left out.
  func fit(for engine: any InferenceEngine) -> EngineOptions {
    var options = self
    if !engine.precisions.contains(precision) { options.precision = .fp32 }
    return options
  }
}
