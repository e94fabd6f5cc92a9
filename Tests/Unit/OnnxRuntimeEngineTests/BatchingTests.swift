import Base
import Card
import Foundation
import InferenceWorkerCore
import OnnxRuntimeEngine
import Testing

/// Batches on the real engine: what a call gets in one is what it gets alone.
@Suite struct BatchingTests {
  private static let words: Int64 = 50

  private func padded() -> ServingCard {
    var card = ServingCard()
    card.padding = ["tokens": 0, "mask": 0]
    return card
  }

  private func encoderCall(_ length: Int, rows: Int, _ chance: inout SeededChance) -> [Tensor] {
    let count = rows * length
    return [
      Fixtures.int64s(
        "tokens", [rows, length],
        (0..<count).map { _ in Int64.random(in: 0..<Self.words, using: &chance) }),
      Fixtures.int64s("mask", [rows, length], [Int64](repeating: 1, count: count)),
    ]
  }

  /// Whether each call gets together what it gets alone.
  private func agree(
    _ model: any LoadedModel, _ rule: BatchRule, _ calls: [[Tensor]]
  ) throws -> Bool {
    let outputs = try model.run(rule.join(calls).inputs)
    let parts = try #require(rule.split(outputs, among: calls))
    return try zip(parts, calls).allSatisfy { part, call in
      let alone = try model.run(call)
      return part.count == alone.count && zip(part, alone).allSatisfy(RowCheck.agree)
    }
  }

  @Test(arguments: UInt64(1)...12)
  func `a perceptron answers batches as it answers single calls`(seed: UInt64) throws {
    var chance = SeededChance(seed: seed)
    let model = try Fixtures.load("mlp")
    let rule = try BatchRule(signature: model.signature)
    let calls = (0..<Int.random(in: 2...40, using: &chance)).map { _ in
      let rows = Int.random(in: 1...3, using: &chance)
      let values = (0..<rows * 30).map { _ in Float.random(in: -3...3, using: &chance) }
      return [Fixtures.floats("x", [rows, 30], values)]
    }
    #expect(try agree(model, rule, calls), "seed \(seed)")
  }

  @Test(arguments: UInt64(1)...12)
  func `an encoder answers padded batches of ragged lengths as it answers single calls`(
    seed: UInt64
  ) throws {
    var chance = SeededChance(seed: seed)
    let model = try Fixtures.load("encoder")
    let rule = try BatchRule(signature: model.signature, card: padded())
    let calls = (0..<Int.random(in: 2...20, using: &chance)).map { _ in
      encoderCall(
        Int.random(in: 1...24, using: &chance), rows: Int.random(in: 1...3, using: &chance),
        &chance)
    }
    #expect(rule.join(calls).paddingShare > 0, "seed \(seed)")
    #expect(try agree(model, rule, calls), "seed \(seed)")
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: magika)),
    arguments: UInt64(1)...3)
  func `magika answers batches as it answers single calls`(seed: UInt64) throws {
    var chance = SeededChance(seed: seed)
    let model = try Fixtures.engine().load(modelFile: Self.magika, options: EngineOptions())
    let rule = try BatchRule(signature: model.signature)
    #expect(rule.rowsMax == ServingCard.batchRowsDefault)
    let calls = (0..<Int.random(in: 2...9, using: &chance)).map { _ in
      [
        Tensor(
          name: "bytes", datatype: .int32, shape: [1, 2048],
          contents: .raw(
            (0..<2048).flatMap { _ in
              [UInt8.random(in: 0...255, using: &chance), 0, 0, 0]
            }))
      ]
    }
    #expect(try agree(model, rule, calls), "seed \(seed)")
  }

  /// Where the main job leaves the package that it fetches.
  private static let magika = Fixtures.repository.appending(
    path: ".build-models/magika-1.0.3/magika/models/standard_v3_3/model.onnx"
  ).path

  @Test func `strings and every datatype are joined and split`() throws {
    let model = try Fixtures.load("every-datatype")
    let golden = try #require(GoldenCase.all().first { $0.title == "two rows of each" })
    let rule = try BatchRule(signature: model.signature)
    let inputs = rule.ordered(golden.inputs.map(\.tensor))
    let parts = rule.split(
      try model.run(rule.join([inputs, inputs]).inputs), among: [inputs, inputs])
    #expect(parts == [try model.run(inputs), try model.run(inputs)])
  }

  @Test func `a model that mixes its rows is found out`() throws {
    let mixing = try Fixtures.load("mixing")
    #expect(
      RowCheck.run(mixing, try BatchRule(signature: mixing.signature)) == .mixed(output: "y"))
    for name in ["mlp", "encoder", "every-datatype", "dynamic"] {
      let model = try Fixtures.load(name)
      let rule = try BatchRule(signature: model.signature)
      guard rule.rowsMax > 1 else { continue }
      #expect(RowCheck.run(model, rule) == .rowByRow, "\(name)")
    }
  }

  @Test func `the lengths of a batch differ only where the card says so`() throws {
    let model = try Fixtures.load("encoder")
    var chance = SeededChance(seed: 1)
    let (short, long) = (encoderCall(9, rows: 1, &chance), encoderCall(16, rows: 1, &chance))
    let exact = try BatchRule(signature: model.signature)
    #expect(
      exact.call(short, outputs: []).signature != exact.call(long, outputs: []).signature)
    let rule = try BatchRule(signature: model.signature, card: padded())
    #expect(rule.call(short, outputs: []).signature == rule.call(long, outputs: []).signature)
    let longer = encoderCall(17, rows: 1, &chance)
    #expect(rule.call(short, outputs: []).signature != rule.call(longer, outputs: []).signature)
    #expect(
      rule.call(short, outputs: []).signature
        != rule.call(short, outputs: ["states"]).signature)
  }

  @Test(arguments: [
    (["tokens": 0.0], "mask"), (["tokens": 0, "mask": 0, "x": 0], "x"),
    (["tokens": 0.5, "mask": 0], "tokens"),
  ])
  func `a padding that the model can't have is refused`(
    padding: [String: Double], named: String
  ) throws {
    let signature = try Fixtures.load("encoder").signature
    var card = ServingCard()
    card.padding = padding
    let error = #expect(throws: ServingCardError.self) {
      try BatchRule(signature: signature, card: card)
    }
    #expect(error?.field == "serving.padding.\(named)")
  }

  @Test func `of a batch with one bad request only that one fails`() async throws {
    let model = GatedModel(try Fixtures.load("encoder"))
    let pool = EnginePool(
      model: model, rule: try BatchRule(signature: model.signature, card: padded()),
      limits: .init(waitingMax: 256, instances: 1), clock: SystemMonotonicClock())
    var chance = SeededChance(seed: 7)
    let calls = (0..<24).map { index -> [Tensor] in
      var call = encoderCall(Int.random(in: 9...16, using: &chance), rows: 1, &chance)
      // No word of the model.
      if index == 13 {
        call[0] = Fixtures.int64s("tokens", [1, 9], [Int64](repeating: 99, count: 9))
      }
      if index == 13 { call[1] = Fixtures.int64s("mask", [1, 9], [Int64](repeating: 1, count: 9)) }
      return call
    }
    let first = encoderCall(9, rows: 1, &chance)
    await withTaskGroup(of: (Int, Result<[Tensor], InferenceFailure>).self) { group in
      group.addTask { (-1, await answer(pool, first)) }
      while model.shapes.isEmpty { await Task.yield() }
      for (index, call) in calls.enumerated() {
        group.addTask { (index, await answer(pool, call)) }
      }
      while pool.load.queueDepth < calls.count { await Task.yield() }
      model.letGo()
      for await (index, result) in group where index >= 0 {
        guard index != 13 else {
          #expect(throws: InferenceFailure.self) { try result.get() }
          continue
        }
        let alone = try? Fixtures.load("encoder").run(calls[index])
        let isRight = (try? result.get()).map { outputs in
          zip(outputs, alone ?? []).allSatisfy(RowCheck.agree) && outputs.count == alone?.count
        }
        #expect(isRight == true, "call \(index)")
      }
    }
    #expect(pool.load.failures == 1)
    // The batch of 24, then halves down to the guilty one.
    #expect(model.shapes.dropFirst().first == [24, 16])
    #expect((pool.load.wasted[.failed] ?? 0) > 0)
    await pool.drain()
  }

  private func answer(
    _ pool: EnginePool, _ inputs: [Tensor]
  ) async -> Result<[Tensor], InferenceFailure> {
    do throws(InferenceFailure) {
      return .success(
        try await pool.run(inputs, outputs: [], priority: 0, deadline: .distantFuture))
    } catch {
      return .failure(error)
    }
  }
}
