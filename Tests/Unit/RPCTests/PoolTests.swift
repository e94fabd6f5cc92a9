import Base
import RPC
import RPCTestKit
import Synchronization
import Testing
import TransportInProcess

/// Pools of connections to a server that comes and goes.
@Suite(.timeLimit(.minutes(5))) struct PoolTests {
  typealias Counted = CountedService

  private func failure(
    _ pool: ConnectionPool, _ method: Method<Blob, Blob>, timeout: Duration? = nil
  ) async -> RPCError? {
    do throws(RPCError) {
      _ = try await pool.call(method, Blob("x"), options: CallOptions(timeout: timeout))
      return nil
    } catch {
      return error
    }
  }

  // MARK: Reconnecting

  @Test func `a call after an idle time-out finds another connection and notices nothing`()
    async throws
  {
    let house = PoolHouse()
    let service = Counted()
    let core = service.core()
    house.listen(core)
    let pool = house.pool()
    #expect(try await pool.call(Counted.mutating, Blob("one")).text == "one")
    await house.loop.advance(by: .seconds(400))
    #expect(core.connectionCount == 0)
    #expect(try await pool.call(Counted.mutating, Blob("two")).text == "two")
    #expect(house.dials.count == 2 && service.repetitions == [0, 0])
    await pool.close()
  }

  @Test func `calls go to the successor of a server that drains, while the old ones end`()
    async throws
  {
    let house = PoolHouse()
    let (old, new) = (TestService(), TestService())
    let oldCore = old.core()
    house.listen(oldCore)
    let pool = house.pool()
    let begun = Task { try await pool.call(TestService.API.gate, Blob("old")) }
    #expect(await old.events.next() == "at the gate")
    house.listen(new.core())
    await oldCore.drain()
    await house.settle()
    let next = Task { try? await pool.call(TestService.API.echo, Blob("new")).text }
    #expect(await house.value(of: next) == "new")
    #expect(new.finished.summary == ["Echo ok"] && old.finished.all.isEmpty)
    old.gate.send("go")
    #expect(try await begun.value.text == "old")
    await pool.close()
  }

  @Test func `a call waits for a server that starts again, within its own time`() async throws {
    let house = PoolHouse()
    let service = Counted()
    let pool = house.pool()
    let hasty = Task { await failure(pool, Counted.safe, timeout: .seconds(1)) }
    let late = await house.value(of: hasty)
    #expect(late == RPCError(.unavailable, "nothing listens"))
    let patient = Task { await failure(pool, Counted.mutating, timeout: .seconds(8)) }
    await house.untilWaiting(1, on: pool)
    await house.advance(by: .milliseconds(1_500))
    house.listen(service.core())
    #expect(await house.value(of: patient) == nil)
    #expect(service.repetitions == [0])
    await pool.close()
  }

  @Test func `patience ends, and a refusal is not waited out`() async throws {
    let house = PoolHouse()
    let pool = house.pool()
    let call = Task { await failure(pool, Counted.safe) }
    await house.untilWaiting(1, on: pool)
    await house.advance(by: .milliseconds(9_900), step: .milliseconds(100))
    #expect(house.dials.count > 3)
    #expect(await pool.waitingCount == 1)
    #expect(await house.value(of: call) == RPCError(.unavailable, "nothing listens"))
    // A server that says no will say it again.
    house.listen(
      ServerCore(
        router: Router(), authenticator: TestServerAuthenticator(role: "registry"),
        gates: []))
    let refused = Task { await failure(pool, Counted.safe) }
    #expect(await house.value(of: refused)?.code == .unauthenticated)
    await pool.close()
  }

  @Test func `who is not patient is told of the first failed attempt`() async throws {
    let house = PoolHouse()
    let pool = house.pool(.inner)
    #expect(await failure(pool, Counted.safe) == RPCError(.unavailable, "nothing listens"))
    #expect(house.dials.count == 1)
    await pool.close()
  }

  @Test func `a call that is cancelled, or whose pool is closed, waits no longer`() async throws {
    let house = PoolHouse()
    let pool = house.pool()
    let cancelled = Task { await failure(pool, Counted.safe) }
    await house.untilWaiting(1, on: pool)
    cancelled.cancel()
    #expect(await cancelled.value?.code == .cancelled)
    let closed = Task { await failure(pool, Counted.safe) }
    await house.untilWaiting(1, on: pool)
    await pool.close()
    #expect(await closed.value?.code == .cancelled)
  }

  // MARK: Herds

  @Test func `200 channels whose server starts again spread their attempts`() async throws {
    let spread = try await mostAttemptsAtOnce { Chance(seed: UInt64($0)) }
    // Of 200 that wait anything up to 2 s, 100 ms take some 10 to 20.
    #expect(spread <= 45, "\(spread) attempts within 100 ms")
    let herd = try await mostAttemptsAtOnce { _ in Loaded() }
    #expect(herd == 200, "dice that all fall alike must make a herd, or this test sees none")
  }

  /// Attempts within any 100 ms, from a second after the server's end until all are served again.
  private func mostAttemptsAtOnce(
    random: (Int) -> any RandomNumberGenerator & Sendable
  ) async throws -> Int {
    let house = PoolHouse()
    let first = TestService().core()
    house.listen(first)
    let pools = (0..<200).map { house.pool(random: random($0)) }
    for pool in pools { _ = try await pool.connected() }
    house.listen(nil)
    await first.drain()
    await house.settle()
    let lostAt = house.loop.now
    let answers = Tally()
    await withTaskGroup(of: Void.self) { group in
      for pool in pools {
        group.addTask {
          let answer = try? await pool.call(TestService.API.echo, Blob("x"))
          if answer != nil { answers.add() }
        }
      }
      for pool in pools { await house.untilWaiting(1, on: pool) }
      await house.advance(by: .seconds(4))
      house.listen(TestService().core())
      await house.advance(by: .seconds(5)) { answers.count == pools.count }
    }
    #expect(answers.count == pools.count)
    let times = house.dials.filter { $0 > lostAt.advanced(by: .seconds(1)) }.sorted()
    var most = 0
    var start = times.startIndex
    for end in times.indices {
      while times[end].nanoseconds(since: times[start]) > 100_000_000 { start += 1 }
      most = max(most, end - start + 1)
    }
    for pool in pools { await pool.close() }
    return most
  }

  // MARK: Repeating

  @Test(arguments: [CountedService.safe, CountedService.idempotent])
  func `a call that was lost on its way is made again, and says so`(
    method: Method<Blob, Blob>
  ) async throws {
    let house = PoolHouse()
    let service = Counted()
    service.hang { $0 == 1 }
    house.listen(service.core())
    let pool = house.pool()
    let call = Task { await failure(pool, method) }
    #expect(await service.began.next() == "hangs")
    await house.links[0].lose()
    #expect(await house.value(of: call) == nil)
    #expect(service.repetitions == [0, 1])
    await pool.close()
  }

  @Test func `what changes something is never sent twice once its bytes have left`() async throws {
    let house = PoolHouse()
    let service = Counted()
    service.hang { $0 == 1 }
    house.listen(service.core())
    let pool = house.pool()
    let call = Task { await failure(pool, Counted.mutating) }
    #expect(await service.began.next() == "hangs")
    await house.links[0].lose()
    #expect(await house.value(of: call)?.code == .unavailable)
    #expect(service.repetitions == [0])
    await pool.close()
  }

  @Test func `an answer that says unavailable is not asked for again`() async throws {
    let house = PoolHouse()
    let service = Counted()
    service.fail(RPCError(.unavailable, "no worker", retryAfter: .milliseconds(1)))
    house.listen(service.core())
    let pool = house.pool()
    #expect(await failure(pool, Counted.safe)?.message == "no worker")
    #expect(service.repetitions == [0])
    await pool.close()
  }

  @Test func `who calls on behalf of others leaves it to them to call again`() async throws {
    let house = PoolHouse()
    let service = Counted()
    service.hang { $0 == 1 }
    house.listen(service.core())
    let pool = house.pool(.inner)
    let call = Task { await failure(pool, Counted.safe) }
    #expect(await service.began.next() == "hangs")
    await house.links[0].lose()
    #expect(await call.value?.progress == .lost)
    #expect(service.repetitions == [0])
    await pool.close()
  }

  @Test func `an outage is not multiplied: a tenth of all calls is made again, and no more`()
    async throws
  {
    let house = PoolHouse()
    let service = Counted()
    service.hang { _ in true }
    house.listen(service.core())
    let pool = house.pool()
    let calls = 600
    for _ in 0..<calls {
      let call = Task { await failure(pool, Counted.safe) }
      let over = Tally()
      let watch = Task {
        _ = await call.value
        over.add()
      }
      // Whatever arrives is lost.
      while over.count == 0 {
        for link in house.links.suffix(1) { await link.lose() }
        await house.loop.advance(by: .milliseconds(500))
      }
      await watch.value
    }
    let sent = service.repetitions.count
    #expect(sent <= calls + calls / 10 + RetryBudget.retriesAtStart)
    #expect(sent > calls + RetryBudget.retriesAtStart, "nothing was repeated")
    await pool.close()
  }

  // MARK: Several connections

  @Test func `calls are spread over the pool's connections, and a lost one is replaced`()
    async throws
  {
    let house = PoolHouse()
    let service = Counted()
    house.listen(service.core())
    var settings = PoolSettings.firstHop
    settings.connections = 3
    let pool = house.pool(settings)
    for _ in 0..<3 {
      _ = try await pool.call(Counted.safe, Blob("x"))
      await house.settle()
    }
    #expect(house.links.count == 3)
    await house.links[1].lose()
    await house.loop.advance(by: .seconds(1))
    for _ in 0..<3 {
      #expect(try await pool.call(Counted.safe, Blob("x")).text == "x")
      await house.settle()
    }
    #expect(house.links.count == 4)
    await pool.close()
  }

  @Test func `a connection whose server owes a sign of life is left out`() async throws {
    let house = PoolHouse()
    let service = TestService()
    house.listen(service.core())
    var settings = PoolSettings.firstHop
    settings.connections = 2
    let pool = house.pool(settings)
    _ = try await pool.connected()
    await house.settle()
    #expect(house.links.count == 2)
    // Both connections wait for an answer; one of them goes silent.
    let calls = (0..<2).map { _ in Task { await failure(pool, TestService.API.wait) } }
    for _ in calls { #expect(await service.events.next() == "waiting") }
    let silent = house.links[0]
    await silent.pauseClient(true)
    await house.loop.advance(by: Liveness.near.quiet * 2)
    #expect(silent.client.isSuspect)
    for _ in 0..<8 { #expect(try await pool.call(TestService.API.echo, Blob("x")).text == "x") }
    #expect(service.finished.summary == Array(repeating: "Echo ok", count: 8))
    await pool.close()
    for call in calls { _ = await call.value }
  }
}

/// Dice that always fall alike.
private struct Loaded: RandomNumberGenerator, Sendable {
  mutating func next() -> UInt64 { .max }
}
