internal import Foundation

/// Compares what the engines found and chooses among them.
struct ProbeJudge {
  /// A second engine costs a second copy of the model, so it must be faster by more than chance.
  static let advantageMin = 0.85

  /// What one engine's process came to.
  struct Outcome: Sendable {
    var engine: String
    var version: String
    var precision: EngineOptions.Precision
    var result: Result<EngineFindings, ProbeFailure>
  }

  var request: ProbeRequest
  var outcomes: [Outcome]

  /// The signature, and the record to be kept.
  /// - Throws: `probeFailed` if no engine can serve the model, `enginesDisagree`.
  func judge() throws(LoadError) -> (signature: Data, record: ProbeRecord) {
    let reference = outcomes.lazy.compactMap { outcome in
      outcome.precision == .fp32 ? try? outcome.result.get() : nil
    }.first
    guard let reference else {
      throw .probeFailed(
        outcomes.compactMap { outcome in
          guard case .failure(let failure) = outcome.result else { return nil }
          return "\(outcome.engine): \(failure)"
        })
    }
    var engines: [ProbeRecord.Engine] = []
    for outcome in outcomes { engines.append(try entry(outcome, reference)) }
    let signature = try? ModelSignature(fileContents: reference.signature)
    return (
      reference.signature,
      ProbeRecord(
        engine: request.engine ?? "auto", precision: request.precision,
        tolerance: request.tolerance,
        syntheticCases: signature.map { ProbeCases.synthetic($0).count } ?? 0,
        givenCases: reference.answers.count { $0.title.hasPrefix("example") },
        machine: ProbeRequest.machine, engines: engines, choices: choices(among: engines))
    )
  }

  private func entry(
    _ outcome: Outcome, _ reference: EngineFindings
  ) throws(LoadError) -> ProbeRecord.Engine {
    var entry = ProbeRecord.Engine(
      name: outcome.engine, version: outcome.version, precision: outcome.precision, agrees: false)
    let findings: EngineFindings
    switch outcome.result {
    case .success(let found): findings = found
    case .failure(let failure):
      entry.failure = "\(failure)"
      return entry
    }
    entry.version = findings.version
    entry.loadMilliseconds = findings.loadMilliseconds
    entry.latencies = findings.latencies
    entry.agrees = true
    for (answer, expected) in zip(findings.answers, reference.answers) {
      if expected.failure != nil { continue }
      if let failure = answer.failure {
        entry.agrees = false
        entry.failure = "case `\(answer.title)`: \(failure)"
        continue
      }
      guard let found = difference(answer, expected) else { continue }
      if found.shareOfTolerance > entry.largestDifference?.shareOfTolerance ?? 0 {
        entry.largestDifference = found
      }
      guard found.shareOfTolerance > 1 else { continue }
      entry.agrees = false
      // With fewer bits a difference is what was asked for: it stands beside the choice.
      if outcome.precision == .fp32 {
        throw .enginesDisagree(
          engine: outcome.engine, tensor: found.tensor, difference: found.absolute,
          caseTitle: answer.title, tolerance: request.tolerance)
      }
    }
    return entry
  }

  private func difference(
    _ answer: EngineFindings.Answer, _ expected: EngineFindings.Answer
  ) -> ProbeRecord.Difference? {
    let varying = Set(answer.varying + expected.varying)
    return OutputComparison.difference(
      of: answer.outputs.compactMap(\.tensor).filter { !varying.contains($0.name) },
      from: expected.outputs.compactMap(\.tensor), request.tolerance)
  }

  /// The fastest that agrees at each batch; the one for batch 1 unless another is clearly better.
  private func choices(among engines: [ProbeRecord.Engine]) -> [ProbeRecord.Choice] {
    let fit = engines.filter { engine in
      let isAsked = request.engine.map { $0 == engine.name } ?? true
      // Who asked for fewer bits has them where an engine does, and f32 from the others.
      let isWanted = engine.precision == .fp32 ? engine.agrees : request.precision == .bf16
      return isAsked && isWanted && (engine.failure == nil || engine.agrees)
    }
    func time(_ name: String, _ batch: Int) -> Double? {
      fit.filter { $0.name == name }.flatMap(\.latencies).filter { $0.batch == batch }
        .map(\.microseconds).min()
    }
    let names = fit.map(\.name)
    var choices: [ProbeRecord.Choice] = []
    for batch in EngineProbe.batches {
      let times = names.compactMap { name in time(name, batch).map { (name: name, time: $0) } }
      guard let best = times.min(by: { $0.time < $1.time }) else { continue }
      guard let before = choices.last else {
        choices.append(.init(batch: 1, engine: best.name))
        continue
      }
      let kept = time(before.engine, batch) ?? .infinity
      if best.name != before.engine, best.time < kept * Self.advantageMin {
        choices.append(.init(batch: batch, engine: best.name))
      }
    }
    if choices.isEmpty, let first = names.first { choices.append(.init(batch: 1, engine: first)) }
    return choices
  }
}
