import Base
import Card
import InferenceWorkerCore
import Testing

@Suite struct EnginePoolTests {
  private let clock = ManualClock()

  /// - Parameter rowsMax: 1 to run each call alone.
  private func pool(
    _ model: FakeModel, waitingMax: Int = 4, threads: Int = 1, rowsMax: Int = 1
  ) throws -> EnginePool {
    var card = ServingCard()
    card.batchRowsMax = rowsMax
    return EnginePool(
      model: model, rule: try BatchRule(signature: model.signature, card: card),
      limits: .init(waitingMax: waitingMax, instances: threads), clock: clock)
  }

  private func result(
    _ pool: EnginePool, _ value: Float = 1, deadline: MonotonicInstant = .distantFuture
  ) async -> Result<[Tensor], InferenceFailure> {
    do throws(InferenceFailure) {
      return .success(
        try await pool.run(
          [.floats("x", [value])], outputs: [], priority: 0, deadline: deadline))
    } catch {
      return .failure(error)
    }
  }

  /// Returns when as many calls wait as said.
  private func waitFor(_ count: Int, waitingIn pool: EnginePool) async {
    while pool.load.queueDepth != count { await Task.yield() }
  }

  @Test func `a call comes back with the model's outputs`() async throws {
    let pool = try pool(FakeModel())
    #expect(await result(pool, 7) == .success([.floats("y", [7])]))
    #expect(pool.load.requests == 1)
    await pool.drain()
  }

  @Test func `as many calls run at once as there are threads`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model, threads: 2)
    async let first = result(pool)
    async let second = result(pool)
    async let third = result(pool)
    while model.calls.count < 2 { await Task.yield() }
    await waitFor(1, waitingIn: pool)
    #expect(pool.load.inFlight == 2)
    for _ in 0..<3 { model.letGo() }
    for answer in await [first, second, third] { #expect(throws: Never.self) { try answer.get() } }
    await pool.drain()
  }

  @Test func `a call whose time is over while it waits never reaches the model`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let first = result(pool, 1)
    await model.waitForCall()
    async let second = result(
      pool, 2, deadline: clock.now.advanced(by: .milliseconds(5)))
    await waitFor(1, waitingIn: pool)
    clock.advance(by: .milliseconds(5))
    model.letGo()
    #expect(await second == .failure(.dropped(.expired)))
    #expect(await first == .success([.floats("y", [1])]))
    #expect(model.calls.count == 1)
    #expect(pool.load.dropped == [.expired: 1])
    await pool.drain()
  }

  @Test func `cancelling a waiting call drops it before the model`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let first = result(pool)
    await model.waitForCall()
    await withTaskGroup(of: Result<[Tensor], InferenceFailure>.self) { group in
      group.addTask { await result(pool, 2) }
      await waitFor(1, waitingIn: pool)
      group.cancelAll()
      #expect(await group.next() == .failure(.dropped(.cancelled)))
    }
    #expect(pool.load.queueDepth == 0)
    model.letGo()
    _ = await first
    #expect(model.calls.count == 1)
    #expect(pool.load.dropped == [.cancelled: 1])
    await pool.drain()
  }

  @Test func `a call that is cancelled before it comes never reaches the model`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let first = result(pool)
    await model.waitForCall()
    await withTaskGroup(of: Result<[Tensor], InferenceFailure>.self) { group in
      group.cancelAll()
      group.addTask { await result(pool, 2) }
      #expect(await group.next() == .failure(.dropped(.cancelled)))
    }
    model.letGo()
    _ = await first
    #expect(model.calls.count == 1)
    await pool.drain()
  }

  @Test func `cancelling a running call ends it in the model`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    await withTaskGroup(of: Result<[Tensor], InferenceFailure>.self) { group in
      group.addTask { await result(pool) }
      await model.waitForCall()
      group.cancelAll()
      #expect(await group.next() == .failure(.dropped(.cancelled)))
    }
    #expect(pool.load.dropped == [.cancelled: 1])
    // The engine notices in its own time.
    while pool.load.inFlight != 0 { await Task.yield() }
    await pool.drain()
  }

  // MARK: Batches

  @Test func `what waits runs together, and each caller gets its own rows`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model, waitingMax: 64, rowsMax: 32)
    async let first = result(pool, 1)
    await model.waitForCall()
    await withTaskGroup(of: (Float, Result<[Tensor], InferenceFailure>).self) { group in
      for value in 2..<12 { group.addTask { (Float(value), await result(pool, Float(value))) } }
      await waitFor(10, waitingIn: pool)
      model.letGo()
      model.letGo()
      for await (value, answer) in group { #expect(answer == .success([.floats("y", [value])])) }
    }
    _ = await first
    #expect(model.calls.map { $0[0].shape } == [[1], [10]])
    #expect(pool.load.runs == 2)
    await pool.drain()
  }

  @Test func `one bad request of a batch fails alone`() async throws {
    let model = try FakeModel(holds: true, refuses: 666)
    let pool = try pool(model, waitingMax: 64, rowsMax: 32)
    async let first = result(pool, 1)
    await model.waitForCall()
    let failure = Result<[Tensor], InferenceFailure>.failure(
      .engine(EngineError(.runFailed, "the model failed on this request")))
    await withTaskGroup(of: (Float, Result<[Tensor], InferenceFailure>).self) { group in
      for value: Float in [2, 3, 666, 5, 6] {
        group.addTask { (value, await result(pool, value)) }
      }
      await waitFor(5, waitingIn: pool)
      model.letGoForGood()
      for await (value, answer) in group {
        #expect(answer == (value == 666 ? failure : .success([.floats("y", [value])])))
      }
    }
    _ = await first
    #expect(pool.load.failures == 1)
    #expect((pool.load.wasted[.failed] ?? 0) >= 0)
    await pool.drain()
  }

  @Test func `a caller who leaves a batch does not end it for the others`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model, waitingMax: 64, rowsMax: 32)
    async let first = result(pool, 1)
    await model.waitForCall()
    async let stays = result(pool, 2)
    await waitFor(1, waitingIn: pool)
    await withTaskGroup(of: Result<[Tensor], InferenceFailure>.self) { group in
      group.addTask { await result(pool, 3) }
      await waitFor(2, waitingIn: pool)
      model.letGo()
      await model.waitForCall()
      group.cancelAll()
      #expect(await group.next() == .failure(.dropped(.cancelled)))
    }
    model.letGo()
    #expect(await stays == .success([.floats("y", [2])]))
    _ = await first
    #expect(pool.load.dropped == [.cancelled: 1])
    await pool.drain()
  }

  @Test func `a running call that is cancelled because its time is over counts as expired`()
    async throws
  {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    await withTaskGroup(of: Result<[Tensor], InferenceFailure>.self) { group in
      let deadline = clock.now.advanced(by: .milliseconds(1))
      group.addTask { await result(pool, deadline: deadline) }
      await model.waitForCall()
      clock.advance(by: .milliseconds(1))
      group.cancelAll()
      #expect(await group.next() == .failure(.dropped(.expired)))
    }
    await pool.drain()
  }

  @Test func `overload is refused at once with a time to come back`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model, waitingMax: 1)
    async let first = result(pool)
    await model.waitForCall()
    async let second = result(pool)
    await waitFor(1, waitingIn: pool)
    let advice = BatchQueue.retryAfterUnmeasured
    #expect(await result(pool) == .failure(.refused(.full(waiting: 1, retryAfter: advice))))
    #expect(pool.load.refused == 1)
    model.letGo()
    model.letGo()
    _ = await (first, second)
    await pool.drain()
  }

  @Test func `a failing run hurts its own caller only`() async throws {
    let failure = EngineError(.runFailed, "the model failed on this request")
    let pool = try pool(FakeModel(failure: failure))
    #expect(await result(pool) == .failure(.engine(failure)))
    #expect(await result(pool) == .failure(.engine(failure)))
    #expect(pool.load.failures == 2)
    await pool.drain()
  }

  @Test func `draining finishes what was taken and refuses the rest`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let first = result(pool)
    await model.waitForCall()
    async let second = result(pool)
    await waitFor(1, waitingIn: pool)
    async let drained: Void = pool.drain()
    // A call whose time is over is refused in any case: how, says whether draining has begun.
    while await result(pool, deadline: clock.now) != .failure(.refused(.draining)) {
      await Task.yield()
    }
    model.letGo()
    model.letGo()
    await drained
    for answer in await [first, second] { #expect(throws: Never.self) { try answer.get() } }
  }

  @Test func `what drains too long is ended`() async throws {
    let model = try FakeModel(holds: true)
    let pool = try pool(model)
    async let first = result(pool)
    await model.waitForCall()
    async let second = result(pool)
    await waitFor(1, waitingIn: pool)
    async let drained: Void = pool.drain()
    pool.abandonAll()
    #expect(await second == .failure(.dropped(.drained)))
    #expect(await first == .failure(.dropped(.drained)))
    await drained
    #expect(pool.load.dropped == [.drained: 2])
  }
}
