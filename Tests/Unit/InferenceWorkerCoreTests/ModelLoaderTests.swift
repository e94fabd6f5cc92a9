import Foundation
import InferenceWorkerCore
import Testing

@Suite struct ModelLoaderTests {
  private let clock = ManualClock()

  private func load(
    _ files: [String: [UInt8]], _ engine: FakeEngine
  ) async throws -> LoadedVersion {
    try await withTemporaryFolder { root in
      let version = try SignedVersion(files: files)
      let folder = try await ArtifactCache(folder: root).open(
        version.verified(), from: RegistrySource(channel: version.registry(), sleep: { _ in }))
      return try await ModelLoader(engines: [engine], clock: clock).load(folder)
    }
  }

  private func signatureFile(_ signature: ModelSignature? = nil) throws -> [UInt8] {
    [UInt8](try (try signature ?? FakeModel.identity).fileContents())
  }

  @Test func `the only model file is loaded and warmed with inputs made of its signature`()
    async throws
  {
    let model = try FakeModel()
    let engine = FakeEngine(model)
    let loaded = try await load(
      ["weights.fake": [1, 2], "signature.json": signatureFile()], engine)
    #expect(engine.loadedContents == [Data([1, 2])])
    #expect(loaded.modelFile == "weights.fake")
    #expect(loaded.warmUpFailure == nil)
    #expect(
      model.calls
        == [[Tensor]](repeating: [.floats("x", [0])], count: ModelLoader.warmRuns))
  }

  @Test func `of several model files the one that is named model is loaded`() async throws {
    let engine = FakeEngine(try FakeModel())
    let loaded = try await load(
      ["a.fake": [1], "model.fake": [2], "signature.json": signatureFile()], engine)
    #expect(loaded.modelFile == "model.fake")
    let error = await #expect(throws: LoadError.self) {
      try await load(["a.fake": [1], "b.fake": [2], "signature.json": signatureFile()], engine)
    }
    #expect(
      error?.description
        == "the version has the model files `a.fake`, `b.fake`; "
        + "expected one, or one that is named `model.fake`")
  }

  @Test func `a version without a model file or without a signature is refused`() async throws {
    let engine = FakeEngine(try FakeModel())
    let noModel = await #expect(throws: LoadError.self) {
      try await load(["signature.json": signatureFile()], engine)
    }
    #expect(
      noModel?.description
        == "the version has no model file; expected one of `*.fake`, got `signature.json`")
    let noSignature = await #expect(throws: LoadError.self) {
      try await load(["model.fake": [1]], engine)
    }
    #expect(noSignature?.description.contains("no `signature.json`") == true)
    #expect(engine.loadedPaths.isEmpty)
  }

  static let others: [([TensorSpec], [TensorSpec], String)] = {
    let x = TensorSpec(name: "x", datatype: .fp32, shape: ["n"])
    let y = TensorSpec(name: "y", datatype: .fp32, shape: ["n"])
    return [
      (
        [x, TensorSpec(name: "z", datatype: .bool, shape: [])], [y],
        "the file has 2 inputs, the model has 1"
      ),
      (
        [TensorSpec(name: "a", datatype: .fp32, shape: ["n"])], [y],
        "input 1 is `a` in the file and `x` in the model"
      ),
      (
        [TensorSpec(name: "x", datatype: .fp64, shape: ["n"])], [y],
        "input `x` is FP64 in the file and FP32 in the model"
      ),
      (
        [x], [TensorSpec(name: "y", datatype: .fp32, shape: [2, "n"])],
        "output `y` has shape [2, n] in the file and [n] in the model"
      ),
      (
        [TensorSpec(name: "x", datatype: .fp32, shape: nil)], [y],
        "input `x` has shape of any rank in the file and [n] in the model"
      ),
    ]
  }()

  @Test(arguments: others.indices) func `a model that differs from its signature is refused`(
    index: Int
  ) async throws {
    let (inputs, outputs, message) = Self.others[index]
    let signature = try ModelSignature(inputs: inputs, outputs: outputs)
    let error = await #expect(throws: LoadError.self) {
      try await load(
        ["model.fake": [1], "signature.json": signatureFile(signature)],
        FakeEngine(try FakeModel()))
    }
    #expect(
      error?.description
        == "the model is not the one that `signature.json` describes: " + message)
  }

  @Test func `a model that can't be warmed with zeros is served all the same`() async throws {
    let failure = EngineError(.runFailed, "it does not like zeros")
    let loaded = try await load(
      ["model.fake": [1], "signature.json": signatureFile()],
      FakeEngine(try FakeModel(failure: failure)))
    #expect(loaded.warmUpFailure == failure)
    #expect(loaded.warmRunTime == nil)
  }

  @Test func `a model that the engine can't run at all is refused`() async throws {
    let failure = EngineError(.modelUnsupported, "an operator is missing")
    await #expect(throws: LoadError.self) {
      try await load(
        ["model.fake": [1], "signature.json": signatureFile()],
        FakeEngine(try FakeModel(failure: failure)))
    }
  }

  @Test func `inputs for warming take 1 for every open dimension and fit the signature`() throws {
    let signature = try ModelSignature(
      inputs: [
        TensorSpec(name: "a", datatype: .fp16, shape: [-1, 3, "n"]),
        TensorSpec(name: "b", datatype: .bytes, shape: ["n", 2]),
        TensorSpec(name: "c", datatype: .int64, shape: nil),
        TensorSpec(name: "d", datatype: .bool, shape: []),
      ], outputs: [TensorSpec(name: "y", datatype: .fp32, shape: nil)])
    let inputs = try #require(SyntheticInputs.make(for: signature))
    #expect(inputs.map(\.shape) == [[1, 3, 1], [1, 2], [1], []])
    try RequestValidator(signature: signature).validate(inputs: inputs)
    let huge = try ModelSignature(
      inputs: [TensorSpec(name: "a", datatype: .fp64, shape: [1_099_511_627_776])],
      outputs: signature.outputs)
    #expect(SyntheticInputs.make(for: huge) == nil)
  }
}
