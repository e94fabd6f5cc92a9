import Base
import Contracts
import RPC
import RPCTestKit
import Testing
import TransportInProcess

@testable import GatewayCore

/// Calls whose model has nobody for a moment.
@Suite(.timeLimit(.minutes(5))) struct WaitingCallTests {
  private func house(workers: Int = 1) throws -> ForwardingHouse {
    try ForwardingHouse(keys: [try .of("ada")], workers: workers)
  }

  /// Returns when so many calls wait for a worker.
  private func untilWaiting(_ count: Int, in house: ForwardingHouse) async {
    while house.state.unrouted.count < count { await house.settle() }
  }

  @Test("a call waits for the next worker where the only one has gone a moment ago")
  func onlyWorkerRestarts() async throws {
    let house = try house()
    let client = house.client("ada")
    #expect(await house.outcome(client) == nil)
    house.serve([])
    let call = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    #expect(house.held.requests == 1)
    await house.loop.advance(by: .seconds(3))
    house.serve([.serving("2", 1)])
    #expect(await house.value(of: call) == nil)
    #expect(house.services.seen.map(\.address) == ["127.0.0.1:1", "127.0.0.1:2"])
    #expect(house.held == .none && house.state.unrouted.count == 0)
  }

  @Test("a call goes on to the next worker where the only one refused it or died with it")
  func onlyWorkerDies() async throws {
    let house = try house()
    house.services.play { address, _ in address.hasSuffix(":1") ? .breakConnection : .answer }
    let client = house.client("ada")
    let call = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    house.serve([.serving("2", 1)])
    #expect(await house.value(of: call) == nil)
    #expect(house.services.seen.map(\.repetition) == [0, 1])
  }

  @Test(
    "a call waits where every worker that has a lease is gone, and tries none of them without end")
  func leasesOfTheDead() async throws {
    let house = try house(workers: 3)
    for number in 1...3 { house.services.away("127.0.0.1:\(number)") }
    let client = house.client("ada")
    // Until their connections are not even tried.
    for _ in 0..<12 {
      let call = Task { await house.failure(client, timeout: .seconds(1)) }
      #expect(await house.value(of: call) != nil)
    }
    let call = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    house.serve([.serving("4", 1)])
    #expect(await house.value(of: call) == nil)
    #expect(house.services.seen.map(\.address) == ["127.0.0.1:4"])
  }

  @Test("patience ends, and then the caller is told what is missing")
  func patienceEnds() async throws {
    let house = try house()
    house.serve([])
    let client = house.client("ada")
    let call = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    await house.loop.advance(by: .milliseconds(9_900))
    #expect(house.state.unrouted.count == 1)
    let error = await house.value(of: call)
    #expect(error?.code == .unavailable && error?.message.contains("no worker serves") == true)
    #expect(house.held == .none && house.services.seen.isEmpty)
  }

  @Test("nobody waits for a version that never had a worker")
  func neverServed() async throws {
    let house = try house()
    house.serve([.serving("1", 1)], split: 2)
    house.serve([], split: 2)
    let error = await house.outcome(house.client("ada"), step: .nanoseconds(1))
    #expect(error?.code == .unavailable)
  }

  @Test("a call for a version that sleeps has a worker asked for, and waits until it has come")
  func sleepingVersion() async throws {
    let house = try house()
    house.serve([], split: 2, followsLoad: true)
    let registry = DemandedRegistry()
    let asking = Task { [demand = house.demand] in
      await demand.ask(registry) { version, error in Issue.record("\(version): \(error)") }
    }
    let client = house.client("ada")
    let calls = (0..<3).map { _ in Task { await house.failure(client) } }
    await untilWaiting(3, in: house)
    while registry.asked.isEmpty { await house.settle() }
    // Longer than anybody waits for a worker that restarts.
    for _ in 0..<60 {
      await house.loop.advance(by: .seconds(1))
      await house.settle()
    }
    #expect(house.state.unrouted.count == 3)
    house.serve([.serving("5", 2)], split: 2, followsLoad: true)
    for call in calls { #expect(await house.value(of: call) == nil) }
    #expect(registry.asked.allSatisfy { $0.version == 2 && $0.waiting > 0 })
    asking.cancel()
    await asking.value
  }

  @Test("the deadline of a call for a version that sleeps is kept")
  func sleepingVersionInNoTime() async throws {
    let house = try house()
    house.serve([], followsLoad: true)
    let error = await house.outcome(house.client("ada"), timeout: .seconds(3))
    #expect(error?.code == .unavailable || error?.code == .deadlineExceeded)
    #expect(house.held == .none && house.state.unrouted.count == 0)
  }

  @Test("a caller who gives up, or whose time is over, waits no longer")
  func callerGivesUp() async throws {
    let house = try house()
    house.serve([])
    let client = house.client("ada")
    let cancelled = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    cancelled.cancel()
    #expect(await cancelled.value?.code == .cancelled)
    await house.settle()
    #expect(house.held == .none && house.state.unrouted.count == 0)
    let short = await house.outcome(client, timeout: .seconds(1))
    #expect(short?.code == .unavailable || short?.code == .deadlineExceeded)
    #expect(house.held == .none && house.state.unrouted.count == 0)
  }

  @Test("a gateway that has just started keeps calls until the registry has named its models")
  func notSynced() async throws {
    let house = try ForwardingHouse(keys: [try .of("ada")], isSynced: false)
    let client = house.client("ada")
    let call = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    house.routes.beginSync()
    house.serve([.serving("1", 1)])
    house.routes.endSync()
    #expect(await house.value(of: call) == nil)
    let other = try ForwardingHouse(keys: [try .of("ada")], isSynced: false)
    let late = Task { await other.failure(other.client("ada")) }
    await untilWaiting(1, in: other)
    #expect(await other.value(of: late)?.message.contains("just started") == true)
  }

  @Test("a call that names no version goes to the one that has its traffic now")
  func splitChangesMeanwhile() async throws {
    let house = try house()
    house.services.play { address, _ in address.hasSuffix(":1") ? .breakConnection : .answer }
    let client = house.client("ada")
    let call = Task { await house.failure(client) }
    await untilWaiting(1, in: house)
    // Version 1 is deployed no more.
    house.serve([.serving("2", 2)], split: 2)
    #expect(await house.value(of: call) == nil)
    #expect(house.services.seen.map(\.address) == ["127.0.0.1:1", "127.0.0.1:2"])
  }
}

/// A registry that is asked for workers, and notes it.
private final class DemandedRegistry: Channel {
  private let requests = Mutexed<[Registry.ReportDemandRequest]>([])

  var asked: [Registry.ReportDemandRequest] { requests.value }

  func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    guard let request = request as? Registry.ReportDemandRequest,
      let response = Registry.ReportDemandResponse() as? Response
    else { throw RPCError(.unimplemented, "not played") }
    requests.set(requests.value + [request])
    return response
  }

  func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    throw RPCError(.unimplemented, "not played")
  }
}
