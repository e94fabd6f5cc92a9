import Base
import Card
import InferenceWorkerCore
import Testing

/// Runs of the engine that take too long or never end.
@Suite struct EngineWatchTests {
  private let clock = ManualClock()

  private func pool(_ model: FakeModel, threads: Int = 1, rowsMax: Int = 1) throws -> EnginePool {
    var card = ServingCard()
    card.batchRowsMax = rowsMax
    return EnginePool(
      model: model, rule: try BatchRule(signature: model.signature, card: card),
      limits: .init(waitingMax: 64, instances: threads), runTimeout: .seconds(60), clock: clock)
  }

  private func result(
    _ pool: EnginePool, _ value: Float = 1
  ) async -> Result<[Tensor], InferenceFailure> {
    do throws(InferenceFailure) {
      return .success(
        try await pool.run(
          [.floats("x", [value])], outputs: [], priority: 0, deadline: .distantFuture))
    } catch {
      return .failure(error)
    }
  }

  private func waitFor(_ count: Int, waitingIn pool: EnginePool) async {
    while pool.load.queueDepth != count { await Task.yield() }
  }

  private static func failed(_ result: Result<[Tensor], InferenceFailure>) -> String? {
    guard case .failure(.engine(let error)) = result, error.code == .runFailed else { return nil }
    return error.message
  }

  @Test func `a run over its time is ended, and its caller is told so`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let slow = result(pool)
    await model.waitForCall()
    #expect(pool.look() == [])
    clock.advance(by: .seconds(60))
    #expect(pool.look() == [])
    #expect(
      Self.failed(await slow)
        == "the model took longer for this request than the 60 s that a run may take")
    async let next = result(pool, 2)
    await model.waitForCall()
    model.letGo()
    #expect(await next == .success([.floats("y", [2])]))
    await pool.drain()
  }

  @Test func `of a batch that takes too long the calls are tried again in parts`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model, rowsMax: 32)
    async let first = result(pool, 1)
    await model.waitForCall()
    await withTaskGroup(of: Result<[Tensor], InferenceFailure>.self) { group in
      for value: Float in [2, 3] { group.addTask { await result(pool, value) } }
      await waitFor(2, waitingIn: pool)
      model.letGo()
      await model.waitForCall()
      clock.advance(by: .seconds(60))
      #expect(pool.look() == [])
      // Each of them is asked for alone now.
      await model.waitForCall()
      model.letGoForGood()
      for await answer in group { #expect(throws: Never.self) { try answer.get() } }
    }
    _ = await first
    #expect(model.calls.map { $0[0].shape } == [[1], [2], [1], [1]])
    await pool.drain()
  }

  @Test func `a run that does not end is found, and everybody gets an answer`() async throws {
    let model = try FakeModel(holds: true, heedsNobody: true)
    let pool = try pool(model)
    async let stuck = result(pool, 1)
    await model.waitForCall()
    async let waits = result(pool, 2)
    await waitFor(1, waitingIn: pool)
    clock.advance(by: .seconds(60))
    #expect(pool.look() == [])
    clock.advance(by: .seconds(9))
    #expect(pool.look() == [])
    clock.advance(by: .seconds(1))
    let hung = pool.look()
    #expect(hung.count == 1)
    pool.giveUp(hung)
    #expect(
      Self.failed(await stuck)
        == "the model did not end the run with this request, and was given up")
    // Another worker may take it.
    #expect(await waits == .failure(.refused(.draining)))
    #expect(await result(pool, 3) == .failure(.refused(.draining)))
    // The process would end here.
    model.letGoForGood()
  }

  @Test func `what calls had before them is counted`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let first = result(pool)
    await model.waitForCall()
    clock.advance(by: .milliseconds(10))
    model.letGo()
    _ = await first
    while pool.load.inFlight != 0 { await Task.yield() }
    #expect(pool.load.computed == 10_000_000)
    #expect(pool.load.predictedWait == 0)
    async let second = result(pool)
    await model.waitForCall()
    async let third = result(pool)
    await waitFor(1, waitingIn: pool)
    // The run before it takes ten milliseconds, as the one before did.
    #expect(pool.load.predictedWait == 10_000_000)
    async let fourth = result(pool)
    await waitFor(2, waitingIn: pool)
    #expect(pool.load.predictedWait == 30_000_000)
    model.letGoForGood()
    _ = await (second, third, fourth)
    await pool.drain()
  }
}
