import Foundation
import InferenceWorkerCore
import Testing

/// What the worker counts on in any engine.
@Suite struct EngineConformanceTests {
  static let input = (0..<30).map { Float($0) / 30 - 0.5 }

  @Test(arguments: Engines.names) func `an engine says what it is`(engine: String) throws {
    let found = try Engines.engine(engine)
    #expect(found.name == engine)
    #expect(found.version.contains(/^\d+\.\d+\.\d+$/), "\(found.version)")
    #expect(found.fileExtensions.contains("onnx"))
    #expect(found.precisions.contains(.fp32))
  }

  @Test(arguments: Engines.names)
  func `the signature has names, datatypes, and fixed and open lengths`(engine: String) throws {
    let signature = try Engines.load("dynamic.onnx", in: engine).signature
    #expect(signature.inputs.map(\.name) == ["a", "b", "scale"])
    #expect(signature.outputs.map(\.name) == ["scaled", "total"])
    #expect(signature.inputs.allSatisfy { $0.datatype == .fp32 })
    #expect(signature.inputs.map { $0.shape?.map(\.length) } == [[-1, -1], [-1, -1], []])
  }

  @Test(arguments: Engines.names)
  func `outputs come in the order that is asked for, or all of them`(engine: String) throws {
    let model = try Engines.load("dynamic.onnx", in: engine)
    let inputs = [
      Engines.floats("scale", [], [2]), Engines.floats("a", [1, 2], [1, 2]),
      Engines.floats("b", [1, 2], [3, 4]),
    ]
    let all = try model.run(inputs)
    #expect(all.map(\.name) == ["scaled", "total"])
    let some = try model.run(inputs, outputs: ["total"], terminator: nil)
    #expect(some == [all[1]])
    let turned = try model.run(inputs, outputs: ["total", "scaled"], terminator: nil)
    #expect(turned == [all[1], all[0]])
  }

  @Test(arguments: Engines.names)
  func `inputs are found by name, in any order, with any batch`(engine: String) throws {
    let model = try Engines.load("mlp.onnx", in: engine)
    for batch in [1, 2, 16, 3] {
      let values = (0..<batch).flatMap { _ in Self.input }
      let outputs = try model.run([Engines.floats("x", [batch, 30], values)])
      for output in outputs { #expect(output.shape.first == batch) }
    }
  }

  @Test(arguments: Engines.names)
  func `a request that does not fit is refused, not computed`(engine: String) throws {
    let model = try Engines.load("dynamic.onnx", in: engine)
    let (a, b) = (Engines.floats("a", [1, 2], [1, 2]), Engines.floats("b", [1, 2], [3, 4]))
    let scale = Engines.floats("scale", [], [2])
    var short = a
    short.shape = [1, 3]
    var negative = a
    negative.shape = [-1, -2]
    for inputs in [
      [a, b], [a, a, scale], [a, b, scale, b], [short, b, scale], [negative, b, scale],
    ] {
      let error = #expect(throws: EngineError.self) { try model.run(inputs) }
      #expect(error?.code == .invalidRequest || error?.code == .runFailed)
    }
    let unknown = #expect(throws: EngineError.self) {
      try model.run([a, b, scale], outputs: ["nothing"], terminator: nil)
    }
    #expect(unknown?.code == .invalidRequest)
    #expect(try model.run([a, b, scale]).count == 2)
  }

  @Test(arguments: Engines.names)
  func `many threads call one model and each gets its own answer`(engine: String) async throws {
    let model = try Engines.load("mlp.onnx", in: engine)
    let expected = try (0..<8).map { seed in
      try model.run([Engines.floats("x", [1, 30], Self.input.map { $0 * Float(seed) })])
    }
    let wrong = await withTaskGroup(of: Int.self) { group in
      for seed in 0..<8 {
        group.addTask { Self.wrongAnswers(model, seed, expected[seed]) }
      }
      return await group.reduce(0, +)
    }
    #expect(wrong == 0)
  }

  private static func wrongAnswers(
    _ model: any LoadedModel, _ seed: Int, _ expected: [Tensor]
  ) -> Int {
    (0..<50).count { _ in
      let inputs = [Engines.floats("x", [1, 30], input.map { $0 * Float(seed) })]
      return (try? model.run(inputs)) != expected
    }
  }

  @Test(arguments: Engines.names)
  func `a call that was ended before it began does not run`(engine: String) throws {
    let model = try Engines.load("mlp.onnx", in: engine)
    let terminator = RunTerminator()
    terminator.terminate()
    let error = #expect(throws: EngineError.self) {
      try model.run(
        [Engines.floats("x", [1, 30], Self.input)], outputs: [], terminator: terminator)
    }
    #expect(error?.code == .terminated)
    #expect(try model.run([Engines.floats("x", [1, 30], Self.input)]).isEmpty == false)
  }

  @Test(arguments: Engines.names)
  func `a missing file and a damaged one are errors that differ`(engine: String) throws {
    let loader = try Engines.engine(engine)
    let missing = #expect(throws: EngineError.self) {
      try loader.load(modelFile: "/nonexistent/model.onnx", options: EngineOptions())
    }
    #expect(missing?.code == .modelMissing)
    let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).onnx")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("this is no model".utf8).write(to: file)
    let damaged = #expect(throws: EngineError.self) {
      try loader.load(modelFile: file.path, options: EngineOptions())
    }
    #expect(damaged?.code == .modelInvalid)
    #expect(damaged?.cause?.isEmpty == false)
  }

  @Test(arguments: Engines.names)
  func `options beyond the limits are refused`(engine: String) throws {
    var options = EngineOptions()
    options.concurrentRuns = 0
    let error = #expect(throws: EngineError.self) {
      try Engines.load("mlp.onnx", in: engine, options: options)
    }
    #expect(error?.code == .invalidOptions)
  }

  @Test(.enabled(if: Engines.hasOpenVINO, "needs OpenVINO: run scripts/bootstrap"))
  func `both engines compute the same`() throws {
    let inputs = [Engines.floats("x", [4, 30], (0..<4).flatMap { _ in Self.input })]
    let first = try Engines.load("mlp.onnx", in: "onnxruntime").run(inputs)
    let second = try Engines.load("mlp.onnx", in: "openvino").run(inputs)
    #expect(first.map(\.name) == second.map(\.name))
    #expect(first.map(\.shape) == second.map(\.shape))
    for (one, other) in zip(first, second) where one.datatype == .fp32 {
      for (left, right) in zip(one.floats, other.floats) { #expect(abs(left - right) < 1e-5) }
    }
  }
}
