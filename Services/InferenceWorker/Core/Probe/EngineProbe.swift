internal import Base
internal import Foundation

/// Loads a model in one engine, runs it and measures: the work of the confined process.
struct EngineProbe {
  /// Batches that are measured.
  static let batches = [1, 4, 16]
  private static let warmRuns = 2
  private static let runsMax = 25
  private static let runsMin = 5
  /// A slow model is measured with fewer runs.
  private static let measuringMax: UInt64 = 1_500_000_000
  /// Lengths other than the batch, where the model leaves them open and nobody gave inputs.
  private static let openLengths = [16, 1]
  /// Outputs of one case that are handed back; larger ones are compared by none.
  private static let answerBytesMax = 16 << 20

  let engine: any InferenceEngine
  let options: EngineOptions
  private let clock = SystemMonotonicClock()

  init(engine: any InferenceEngine, options: EngineOptions) {
    self.engine = engine
    self.options = options
  }

  func run(modelFile path: String, examples: Data?) throws(LoadError) -> EngineFindings {
    let startedAt = clock.now
    let model: any LoadedModel
    do throws(EngineError) {
      model = try engine.load(modelFile: path, options: options)
    } catch {
      throw .engine(error)
    }
    let loadNanoseconds = clock.now.nanoseconds(since: startedAt)
    let given = try GivenInputs.cases(examples, model.signature)
    let signature: Data
    do throws(SignatureError) {
      signature = try model.signature.fileContents()
    } catch {
      throw .signatureFileInvalid(error)
    }
    return EngineFindings(
      version: engine.version, signature: signature,
      loadMilliseconds: Double(loadNanoseconds) / 1e6,
      latencies: latencies(of: model, given.first),
      answers: (ProbeCases.synthetic(model.signature) + given).map { answer(of: model, $0) })
  }

  private func answer(of model: any LoadedModel, _ one: ProbeCase) -> EngineFindings.Answer {
    var answer = EngineFindings.Answer(title: one.title)
    do throws(EngineError) {
      let outputs = try model.run(one.inputs)
      let again = try model.run(one.inputs)
      answer.varying = zip(outputs, again).filter { $0 != $1 }.map(\.0.name)
      guard outputs.reduce(0, { $0 + Self.byteCount($1) }) <= Self.answerBytesMax else {
        answer.failure = "its outputs are too large to compare"
        return answer
      }
      answer.outputs = outputs.map(AnsweredTensor.init)
    } catch {
      answer.failure = error.message
    }
    return answer
  }

  private static func byteCount(_ tensor: Tensor) -> Int {
    switch tensor.contents {
    case .raw(let bytes): bytes.count
    case .strings(let strings): strings.reduce(0) { $0 + $1.count }
    }
  }

  private func latencies(
    of model: any LoadedModel, _ given: ProbeCase?
  ) -> [ProbeRecord.Latency] {
    let isBatchable = ProbeCases.isBatchable(model.signature)
    return (isBatchable ? Self.batches : [1]).compactMap { batch in
      for inputs in inputs(model.signature, given, batch: batch) {
        if let nanoseconds = median(of: model, inputs) {
          return ProbeRecord.Latency(
            batch: batch, microseconds: nanoseconds / 1e3,
            memoryBytes: ProcessMemory.proportionalSetSize)
        }
      }
      return nil
    }
  }

  /// What to measure with, the most telling first.
  private func inputs(
    _ signature: ModelSignature, _ given: ProbeCase?, batch: Int
  ) -> [[Tensor]] {
    let repeated = given.flatMap { GivenInputs.repeated($0.inputs, batch: batch) }
    return [repeated].compactMap { $0 }
      + Self.openLengths.compactMap { length in
        ProbeCases.make(signature, title: "", batch: batch, seed: 7, openLength: length)?.inputs
      }
  }

  /// Nil if the model refuses them.
  private func median(of model: any LoadedModel, _ inputs: [Tensor]) -> Double? {
    var times: [UInt64] = []
    var spent: UInt64 = 0
    for run in 0..<(Self.warmRuns + Self.runsMax) {
      if times.count >= Self.runsMin, spent > Self.measuringMax { break }
      let startedAt = clock.now
      do throws(EngineError) {
        _ = try model.run(inputs)
      } catch {
        return nil
      }
      let time = clock.now.nanoseconds(since: startedAt)
      spent += time
      if run >= Self.warmRuns { times.append(time) }
    }
    return Double(times.sorted()[times.count / 2])
  }
}
