import Contracts
import RPC
import RPCTestKit
import Testing
import TransportInProcess

@testable import GatewayCore

/// Calls with which workers die.
@Suite(.timeLimit(.minutes(5))) struct SuspectTests {
  private static let workers: [ObservedWorker] = [.serving("1", 1), .serving("2", 1)]
  private static let alone = ObservedWorker(
    id: "9", version: 1, endpoint: "127.0.0.1:9", isQuarantine: true)

  private func house() throws -> ForwardingHouse {
    try ForwardingHouse(keys: [try .of("ada")], workers: 2, keepsSuspectsAlone: true)
  }

  private func call(
    _ house: ForwardingHouse, _ link: InProcessLink, id: String = ""
  ) -> Task<RPCError?, Never> {
    Task {
      do throws(RPCError) {
        _ = try await house.infer(link, id: id)
        return nil
      } catch {
        return error
      }
    }
  }

  private func untilWaiting(_ count: Int, in house: ForwardingHouse) async {
    while house.state.unrouted.count < count {
      // Connections that were lost are made again in their time.
      await house.loop.advance(by: .milliseconds(10))
      await house.settle()
    }
  }

  @Test func `a request that each worker dies of is tried alone once, and refused from then on`()
    async throws
  {
    let house = try house()
    let isDeadly = Mutexed(true)
    house.services.play { _, _ in isDeadly.value ? .breakConnection : .answer }
    let client = house.client("ada")
    let deadly = call(house, client, id: "deadly")
    await untilWaiting(1, in: house)
    #expect(house.services.seen.count == 2)
    house.serve(Self.workers + [Self.alone])
    let error = await house.value(of: deadly)
    #expect(error?.code == .invalidArgument && error?.message.contains("died of it") == true)
    #expect(house.services.seen.map(\.address).last == "127.0.0.1:9")
    isDeadly.set(false)
    // Nobody is asked about it any more, and about all others as ever.
    let again = call(house, client, id: "deadly")
    #expect(await house.value(of: again)?.code == .invalidArgument)
    #expect(house.services.seen.count == 3)
    #expect(await house.value(of: call(house, client, id: "harmless")) == nil)
    #expect(house.services.seen.count == 4)
    #expect(house.services.seen.last?.address != "127.0.0.1:9")
    #expect(house.held == .none && house.state.unrouted.count == 0)
  }

  @Test func `a request that was only beside the deadly one is answered`() async throws {
    let house = try house()
    house.services.play { address, _ in address.hasSuffix(":9") ? .answer : .breakConnection }
    let client = house.client("ada")
    let innocent = call(house, client)
    await untilWaiting(1, in: house)
    house.serve(Self.workers + [Self.alone])
    #expect(await house.value(of: innocent) == nil)
    house.services.play { _, _ in .answer }
    #expect(await house.value(of: call(house, client)) == nil)
    #expect(house.services.seen.last?.address != "127.0.0.1:9")
  }

  @Test func `suspects are tried one after the other`() async throws {
    let house = try house()
    house.services.play { address, _ in address.hasSuffix(":9") ? .hang : .breakConnection }
    let client = house.client("ada")
    let calls = (0..<3).map { call(house, client, id: "\($0)") }
    await untilWaiting(3, in: house)
    house.serve(Self.workers + [Self.alone])
    for expected in 1...3 {
      while alone(house) < expected {
        await house.loop.advance(by: .milliseconds(20))
        await house.settle()
      }
      await house.loop.advance(by: .milliseconds(100))
      await house.settle()
      #expect(alone(house) == expected)
      // Whoever is there gives up.
      await house.loseAlone()
    }
    for call in calls { #expect(await house.value(of: call)?.code == .invalidArgument) }
    #expect(house.held == .none && house.state.unrouted.count == 0)
  }

  private func alone(_ house: ForwardingHouse) -> Int {
    house.services.seen.count { $0.address.hasSuffix(":9") }
  }

  @Test func `a gateway without such workers says that the worker died`() async throws {
    let house = try ForwardingHouse(keys: [try .of("ada")], workers: 2)
    house.services.play { _, _ in .breakConnection }
    #expect(await house.outcome(house.client("ada"))?.code == .unavailable)
    #expect(house.services.seen.count == 2)
  }
}

extension ForwardingHouse {
  /// The connections to the worker for suspects break.
  fileprivate func loseAlone() async {
    for link in services.links(to: "127.0.0.1:9") { await link.lose() }
  }
}
