import Foundation
import Testing

@testable import InferenceWorkerCore

@Suite struct ProbeJudgeTests {
  private static let signature = Data(
    """
    {"format":1,"inputs":[{"datatype":"FP32","name":"x","shape":["n"]}],\
    "outputs":[{"datatype":"FP32","name":"y","shape":["n"]}]}
    """.utf8)

  private func outcome(
    _ engine: String, _ values: [Float], times: [Double] = [10, 20, 80],
    precision: EngineOptions.Precision = .fp32, varying: [String] = [], failure: String? = nil
  ) -> ProbeJudge.Outcome {
    let tensor = Tensor(
      name: "y", datatype: .fp32, shape: [values.count],
      contents: .raw([UInt8](littleEndian: values.map(\.bitPattern))))
    let answer = EngineFindings.Answer(
      title: "zeros", outputs: failure == nil ? [AnsweredTensor(tensor)] : [], failure: failure,
      varying: varying)
    return ProbeJudge.Outcome(
      engine: engine, version: "1.0.0", precision: precision,
      result: .success(
        EngineFindings(
          version: "1.0.0", signature: Self.signature, loadMilliseconds: 1,
          latencies: zip(EngineProbe.batches, times).map {
            ProbeRecord.Latency(batch: $0, microseconds: $1, memoryBytes: 1)
          }, answers: [answer])))
  }

  private func judge(
    _ outcomes: [ProbeJudge.Outcome], engine: String? = nil,
    precision: EngineOptions.Precision = .fp32
  ) throws -> ProbeRecord {
    var request = ProbeRequest(modelFile: "model.onnx")
    request.engine = engine
    request.precision = precision
    return try ProbeJudge(request: request, outcomes: outcomes).judge().record
  }

  @Test func `engines that agree are chosen among by speed`() throws {
    let record = try judge([
      outcome("slow", [1, 2]), outcome("fast", [1.000_01, 2], times: [5, 10, 20]),
    ])
    #expect(record.choices == [.init(batch: 1, engine: "fast")])
    #expect(record.engines.map(\.agrees) == [true, true])
    #expect(record.engines[1].largestDifference?.tensor == "y")
  }

  @Test func `another engine takes larger batches where it is clearly faster there`() throws {
    let record = try judge([
      outcome("small", [1], times: [10, 40, 160]), outcome("large", [1], times: [30, 35, 50]),
    ])
    #expect(
      record.choices == [.init(batch: 1, engine: "small"), .init(batch: 16, engine: "large")])
  }

  @Test func `a disagreement names the engine, the tensor and the difference`() {
    let error = #expect(throws: LoadError.self) {
      try judge([outcome("one", [1, 2]), outcome("two", [1, 2.5])])
    }
    let message = error?.description ?? ""
    #expect(message.contains("two's output `y` differs by 0.5 in case `zeros`"), "\(message)")
  }

  @Test func `what differs from run to run is no disagreement`() throws {
    let record = try judge([outcome("one", [1]), outcome("two", [2], varying: ["y"])])
    #expect(record.engines.map(\.agrees) == [true, true])
  }

  @Test func `an engine that fails where another computes is not chosen`() throws {
    let record = try judge([
      outcome("one", [1]), outcome("two", [], times: [1, 1, 1], failure: "it does not run"),
    ])
    #expect(record.choices.map(\.engine) == ["one"])
    #expect(record.engines[1].failure == "case `zeros`: it does not run")
  }

  @Test func `fewer bits are measured, and chosen only where they are asked for`() throws {
    let outcomes = [
      outcome("one", [1]), outcome("two", [1], times: [20, 40, 90]),
      outcome("two", [1.1], times: [2, 4, 8], precision: .bf16),
    ]
    let asked = try judge(outcomes, precision: .bf16)
    #expect(asked.choices == [.init(batch: 1, engine: "two")])
    let difference = try #require(asked.engines[2].largestDifference)
    #expect(abs(difference.absolute - 0.1) < 1e-6)
    #expect(!asked.engines[2].agrees)
    #expect(try judge(outcomes).choices == [.init(batch: 1, engine: "one")])
  }

  @Test func `the engine that the card asks for is chosen though another is faster`() throws {
    let record = try judge(
      [outcome("one", [1]), outcome("two", [1], times: [1, 1, 1])], engine: "one")
    #expect(record.choices == [.init(batch: 1, engine: "one")])
    #expect(record.engine == "one")
  }

  @Test func `a model that ends every process has the last words of each`() {
    let crashed = ProbeJudge.Outcome(
      engine: "one", version: "1.0.0", precision: .fp32,
      result: .failure(.crashed(signal: 6, lastWords: "clamp")))
    let error = #expect(throws: LoadError.self) { try judge([crashed]) }
    #expect(
      error?.description
        == "no engine can serve the model: one: the process ended by signal 6: clamp")
  }

  @Test func `NaN equals NaN, and infinity nothing else`() {
    func tensor(_ value: Float) -> Tensor {
      Tensor(
        name: "y", datatype: .fp32, shape: [1],
        contents: .raw([UInt8](littleEndian: [value.bitPattern])))
    }
    func differs(_ one: Float, _ other: Float) -> Bool {
      let found = OutputComparison.difference(
        of: tensor(one), from: tensor(other), .standard)
      return (found?.shareOfTolerance ?? 0) > 1
    }
    #expect(!differs(.nan, -.nan))
    #expect(!differs(.infinity, .infinity))
    #expect(differs(.infinity, -.infinity))
    #expect(differs(.nan, 0))
    #expect(differs(0, .nan))
    #expect(!differs(1, 1.01))
    #expect(differs(1, 1.03))
  }
}
