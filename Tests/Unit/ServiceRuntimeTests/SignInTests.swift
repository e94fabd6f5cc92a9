import RPC
import RPCTestKit
import Testing
import TransportTCP

@testable import ServiceRuntime

@Suite struct SignInTests {
  @Test("a refused sign-in is counted by the address that it came from")
  func source() async throws {
    let house = try await RuntimeHouse()
    let stranger = house.client("wrong")
    let refusal = await #expect(throws: RPCError.self) { _ = try await stranger.connected() }
    #expect(refusal?.code == .unauthenticated)
    #expect(house.refusals.all == ["127.0.0.1"])
    let ada = house.client("good")
    #expect(try await ada.call(TestService.API.echo, Blob("x")).text == "x")
    #expect(house.refusals.all.count == 1)
    await ada.close()
    await house.server.shutdown(grace: .seconds(5))
  }

  @Test("a client is told the release of its server")
  func release() async throws {
    let house = try await RuntimeHouse()
    let ada = house.client("good")
    #expect(try await ada.peerRelease == Release.name)
    #expect(!Release.name.isEmpty)
    await ada.close()
    await house.server.shutdown(grace: .seconds(5))
  }

  @Test("a channel notices that its connection is lost, and makes another")
  func reconnects() async throws {
    let house = try await RuntimeHouse()
    let ada = house.client("good")
    let first = try await ada.connected()
    await first.close(RPCError(.unavailable, "the test closed it"))
    let second = try await ada.connected()
    #expect(first !== second)
    #expect(try await ada.call(TestService.API.echo, Blob("x")).text == "x")
    await ada.close()
    await house.server.shutdown(grace: .seconds(5))
  }
}
