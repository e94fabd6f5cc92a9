import Contracts
import Testing

@testable import GatewayCore

@Suite struct RouteBookTests {
  private static func model(_ name: String, _ workers: [ObservedWorker]) -> ObservedModel {
    ObservedModel(
      name: name, versions: [1], targets: [.version(1, weight: 100)], workers: workers)
  }

  private static func slot(_ book: RouteBook, _ id: String) -> WorkerSlot? {
    book.table.liveWorkers.first { $0.id == id }?.slot
  }

  @Test("a worker keeps its slot and its count of calls while others come and go")
  func slotsAreStable() throws {
    let book = RouteBook()
    book.apply(Self.model("a", [.serving("1", 1)]), nowNanoseconds: someday)
    let slot = try #require(Self.slot(book, "1"))
    book.loads.begin(slot)
    book.apply(Self.model("b", [.serving("2", 1)]), nowNanoseconds: someday)
    book.apply(
      Self.model("a", [.serving("3", 1), .serving("1", 1)]), nowNanoseconds: someday)
    #expect(Self.slot(book, "1") == slot)
    #expect(book.loads.outstanding(slot) == 1)
    #expect(Set(book.table.liveWorkers.map(\.slot.index)).count == 3)
  }

  @Test("a slot is given to another worker only when no call is out to the old one")
  func slotsAreReclaimed() throws {
    let book = RouteBook()
    let all = (0..<WorkerLoads.workersMax).map { ObservedWorker.serving("\($0)", 1) }
    #expect(book.apply(Self.model("m", all), nowNanoseconds: someday).isEmpty)
    let old = try #require(Self.slot(book, "0"))
    book.loads.begin(old)
    let rest = Array(all.dropFirst())
    let late = ObservedWorker.serving("late", 1)
    #expect(book.apply(Self.model("m", rest + [late]), nowNanoseconds: someday) == ["late"])
    book.loads.end(old)
    #expect(book.apply(Self.model("m", rest + [late]), nowNanoseconds: someday).isEmpty)
    let new = try #require(Self.slot(book, "late"))
    #expect(new.index == old.index && new.generation != old.generation)
    #expect(book.table.worker(old) == nil)
    #expect(book.table.worker(new)?.id == "late")
  }

  @Test("a worker that comes back at another endpoint is another one, in good standing")
  func endpointChanges() throws {
    let book = RouteBook.holding(Self.model("m", [.serving("1", 1)]))
    let old = try #require(Self.slot(book, "1"))
    book.loads.suspend(old, untilNanoseconds: .max)
    var moved = ObservedWorker.serving("1", 1)
    moved.endpoint = "127.0.0.1:2"
    book.apply(Self.model("m", [moved]), nowNanoseconds: someday)
    let new = try #require(Self.slot(book, "1"))
    #expect(new != old)
    #expect(!book.loads.isSuspended(new, nowNanoseconds: 0))
  }

  @Test("models that the registry no longer names are gone after a synchronisation, not before")
  func synchronisation() {
    let book = RouteBook()
    for name in ["a", "b", "c"] {
      book.apply(Self.model(name, [.serving(name, 1)]), nowNanoseconds: someday)
    }
    book.beginSync()
    book.apply(Self.model("b", [.serving("b", 1)]), nowNanoseconds: someday)
    #expect(Set(book.table.modelNames) == ["a", "b", "c"])
    book.endSync()
    #expect(book.table.modelNames == ["b"])
    #expect(book.table.liveWorkers.map(\.id) == ["b"])
    book.endSync()
    #expect(book.table.modelNames == ["b"])
  }

  @Test("a watch's first round is a synchronisation")
  func watch() {
    let book = RouteBook()
    for name in ["a", "b"] { book.apply(Self.model(name, []), nowNanoseconds: someday) }
    book.beginSync()
    for name in ["b", "c", ""] {
      #expect(!book.hasSynced, "before `\(name)`")
      book.take(Registry.ModelState(model: name), nowNanoseconds: someday)
    }
    #expect(book.hasSynced)
    #expect(Set(book.table.modelNames) == ["b", "c"])
    book.take(Registry.ModelState(model: "d"), nowNanoseconds: someday)
    #expect(Set(book.table.modelNames) == ["b", "c", "d"])
  }

  @Test("a synchronisation that is cut off takes nothing away")
  func cutOff() {
    let book = RouteBook.holding(Self.model("a", [.serving("1", 1)]))
    book.beginSync()
    book.beginSync()
    #expect(book.table.modelNames == ["a"])
    #expect(!book.hasSynced)
  }

  @Test("a version keeps its slot for counters, and every version has its own")
  func versionSlots() throws {
    var random = SeededRandom(seed: 1)
    let book = RouteBook.holding(Self.model("a", [.serving("1", 1)]))
    func slot(_ model: String) throws -> Int {
      try book.table.resolve(
        model: model, version: "1", scope: .every, routingKey: [UInt8]().span, random: &random
      ).versionSlot
    }
    let before = try slot("a")
    book.apply(Self.model("b", []), nowNanoseconds: someday)
    book.apply(Self.model("a", []), nowNanoseconds: someday)
    #expect(try slot("a") == before)
    #expect(try slot("b") != before)
    #expect(book.versionNames[before] == VersionName(model: "a", version: 1))
  }

  @Test("a reader sees each new table, and the same one in between")
  func reader() {
    let book = RouteBook.holding(Self.model("a", []))
    var reader = RouteReader(book)
    let first = reader.table()
    #expect(first === reader.table())
    book.apply(Self.model("b", []), nowNanoseconds: someday)
    #expect(Set(reader.table().modelNames) == ["a", "b"])
    #expect(first.modelNames == ["a"])
  }

  @Test("a state of the registry's watch is read as it is meant")
  func fromRegistry() {
    let state = Registry.ModelState(
      model: "m", aliases: [Registry.Alias(name: "stable", version: 1)],
      deployment: Registry.Deployment(
        model: "m", targets: [Registry.Target(version: 1, replicas: 2, weight: 100)]),
      leases: [
        Registry.Lease(
          workerID: "w1", model: "m", version: 1, endpoint: "h:1", state: "serving", queueDepth: 3,
          expiresAt: someday),
        Registry.Lease(
          workerID: "w2", model: "m", version: 1, endpoint: "h:2", state: "draining"),
        Registry.Lease(workerID: "w3", model: "m", version: 1, endpoint: "h:3", state: "dreaming"),
        Registry.Lease(workerID: "w4", model: "n", version: 1, endpoint: "h:4", state: "serving"),
      ],
      versions: [1, 2])
    let expected = ObservedModel(
      name: "m", versions: [1, 2], aliases: ["stable": 1],
      targets: [.version(1, weight: 100, replicas: 2)],
      workers: [
        ObservedWorker(
          id: "w1", version: 1, endpoint: "h:1", queueDepth: 3, expiresAtNanoseconds: someday),
        ObservedWorker(
          id: "w2", version: 1, endpoint: "h:2", isDraining: true, expiresAtNanoseconds: 0),
      ])
    #expect(ObservedModel(state) == expected)
  }
}
