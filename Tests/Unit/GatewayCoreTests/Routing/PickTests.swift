import Testing

@testable import GatewayCore

@Suite struct PickTests {
  private static func book(_ workers: [ObservedWorker]) -> RouteBook {
    .holding(
      ObservedModel(
        name: "m", versions: [1], targets: [.version(1, weight: 100)], workers: workers))
  }

  private static func route(_ table: RouteTable) throws -> Route {
    var random = SeededRandom(seed: 0)
    return try table.resolve(
      model: "m", version: "", scope: .every, routingKey: [UInt8]().span, random: &random)
  }

  private static func pick(
    _ table: RouteTable, excluding: WorkerSlot? = nil, now: Int64 = 0, _ random: inout RouteRandom
  ) throws -> String {
    let slot = try table.pick(
      try route(table), excluding: excluding, nowNanoseconds: now, random: &random)
    return try #require(table.worker(slot)).id
  }

  @Test("equal workers get equal shares", arguments: [2, 3, 7, 20])
  func even(count: Int) throws {
    var random = SeededRandom(seed: UInt64(count))
    let table = Self.book((0..<count).map { .serving("\($0)", 1) }).table
    var counts: [String: Double] = [:]
    for _ in 0..<(count * 1_000) { counts[try Self.pick(table, &random), default: 0] += 1 }
    let chiSquare = counts.values.reduce(0.0) { $0 + ($1 - 1_000) * ($1 - 1_000) / 1_000 }
    // Far above the 99.9 % point for 1 to 19 degrees of freedom; the seeds are fixed.
    #expect(counts.count == count && chiSquare < 44, "\(chiSquare): \(counts)")
  }

  @Test("of two workers the one with fewer calls out is taken")
  func leastLoaded() throws {
    var random = SeededRandom(seed: 1)
    let book = Self.book([.serving("1", 1), .serving("2", 1)])
    let table = book.table
    let route = try Self.route(table)
    let busy = try table.pick(route, nowNanoseconds: 0, random: &random)
    book.loads.begin(busy)
    for _ in 0..<100 {
      #expect(try table.pick(route, nowNanoseconds: 0, random: &random) != busy)
    }
    book.loads.end(busy)
    let picked = try (0..<100).map { _ in
      try table.pick(route, nowNanoseconds: 0, random: &random)
    }
    #expect(Set(picked).count == 2)
  }

  @Test("the queue that a worker reports counts as load")
  func reportedDepth() throws {
    var random = SeededRandom(seed: 2)
    let table = Self.book([.serving("1", 1, queueDepth: 5), .serving("2", 1, queueDepth: 4)]).table
    for _ in 0..<100 { #expect(try Self.pick(table, &random) == "2") }
  }

  @Test("with calls of equal length no worker's queue grows long", arguments: UInt64(0)..<5)
  func balance(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let book = Self.book((0..<50).map { .serving("\($0)", 1) })
    let table = book.table
    let route = try Self.route(table)
    for _ in 0..<5_000 {
      book.loads.begin(try table.pick(route, nowNanoseconds: 0, random: &random))
    }
    let loads = table.liveWorkers.map { book.loads.outstanding($0.slot) }
    // 5,000 balls in 50 bins: two choices keep the fullest within a few of 100; one would reach 125.
    #expect((loads.max() ?? 0) <= 105, "seed \(seed): \(loads)")
    #expect(loads.reduce(0, +) == 5_000)
  }

  @Test("the excluded worker is never taken, and the other one is found", arguments: [2, 3, 10])
  func excluding(count: Int) throws {
    var random = SeededRandom(seed: 3)
    let table = Self.book((0..<count).map { .serving("\($0)", 1) }).table
    for worker in table.liveWorkers {
      for _ in 0..<200 {
        #expect(try Self.pick(table, excluding: worker.slot, &random) != worker.id)
      }
    }
  }

  @Test("the only worker cannot be retried on itself")
  func onlyOne() throws {
    var random = SeededRandom(seed: 4)
    let table = Self.book([.serving("1", 1)]).table
    let only = try #require(table.liveWorkers.first)
    #expect(throws: RouteError.unavailable(model: "m", version: 1)) {
      try Self.pick(table, excluding: only.slot, &random)
    }
  }

  @Test(
    "a worker whose connection failed is left alone while there is another", arguments: [2, 3, 9])
  func suspended(count: Int) throws {
    var random = SeededRandom(seed: 5)
    let book = Self.book((0..<count).map { .serving("\($0)", 1) })
    let table = book.table
    let dead = table.liveWorkers.dropLast()
    for worker in dead { book.loads.suspend(worker.slot, untilNanoseconds: second) }
    for _ in 0..<200 {
      #expect(try Self.pick(table, now: second - 1, &random) == table.liveWorkers.last?.id)
    }
    for _ in 0..<200 { _ = try Self.pick(table, now: second, &random) }
    let after = try (0..<500).map { _ in try Self.pick(table, now: second, &random) }
    #expect(Set(after).count == count)
  }

  @Test("when all have failed, one is tried all the same; an answer clears it")
  func lastResort() throws {
    var random = SeededRandom(seed: 6)
    let book = Self.book([.serving("1", 1), .serving("2", 1)])
    let table = book.table
    for worker in table.liveWorkers { book.loads.suspend(worker.slot, untilNanoseconds: second) }
    _ = try Self.pick(table, &random)
    let first = try #require(table.liveWorkers.first)
    book.loads.restore(first.slot)
    for _ in 0..<50 { #expect(try Self.pick(table, &random) == first.id) }
  }

  @Test("neither draining nor expired workers are ever taken")
  func drainingAndExpired() throws {
    var random = SeededRandom(seed: 7)
    var draining = ObservedWorker.serving("1", 1)
    draining.isDraining = true
    var expired = ObservedWorker.serving("2", 1)
    expired.expiresAtNanoseconds = someday - RouteBook.clockSkewMaxNanoseconds
    let table = Self.book([draining, expired, .serving("3", 1)]).table
    #expect(table.liveWorkers.map(\.id) == ["3"])
    for _ in 0..<100 { #expect(try Self.pick(table, &random) == "3") }
    let none = Self.book([draining, expired]).table
    #expect(throws: RouteError.unavailable(model: "m", version: 1)) {
      try Self.pick(none, &random)
    }
  }
}
