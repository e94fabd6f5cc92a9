import RPC
import RPCTestKit
import Testing
import TransportInProcess

@testable import GatewayCore

@Suite struct KeyAdmissionTests {
  @Test("a key that ends during a connection is refused on its next call")
  func endedKey() async throws {
    let revoked = try KeyHolder.of("ada")
    let expiring = try KeyHolder.of("bob", expiresAt: someday + second)
    let house = try ForwardingHouse(keys: [revoked, expiring], upstreamCallsMax: 16)
    let ada = house.client("ada")
    let bob = house.client("bob")
    _ = try await house.infer(ada)
    _ = try await house.infer(bob)
    revoked.end(atNanoseconds: house.clock.now)
    let refusal = await #expect(throws: RPCError.self) { _ = try await house.infer(ada) }
    #expect(refusal?.code == .unauthenticated && refusal?.message == KeyRing.refusal.message)
    _ = try await house.infer(bob)
    house.clock.advance(second)
    await #expect(throws: KeyRing.refusal) { _ = try await house.infer(bob) }
  }

  @Test("a stream that runs when its key ends, ends, and the worker is told")
  func endedKeyInAStream() async throws {
    let revoked = try KeyHolder.of("ada")
    let house = try ForwardingHouse(keys: [revoked, try .of("bob")], upstreamCallsMax: 16)
    let bob = house.client("bob")
    let call = try await house.client("ada").client.twoWayStream(
      TestService.API.chat, options: house.options)
    let other = try await bob.client.twoWayStream(TestService.API.chat, options: house.options)
    var answers = call.responses.makeAsyncIterator()
    var others = other.responses.makeAsyncIterator()
    try await call.requests.write(Blob("1"))
    #expect(try await answers.next() == Blob("1"))
    try await other.requests.write(Blob("2"))
    #expect(try await others.next() == Blob("2"))
    revoked.end(atNanoseconds: house.clock.now)
    await house.loop.advance(by: .seconds(1))
    await #expect(throws: KeyRing.refusal) { _ = try await answers.next() }
    await house.settle()
    try await other.requests.write(Blob("3"))
    #expect(try await others.next() == Blob("3"))
    // Only the other's call is left at the worker.
    let atWorker = await house.services.allLinks[0].server.books.callCount
    #expect(atWorker == 1)
    await other.requests.finish()
    #expect(try await others.next() == nil)
  }

  @Test("a request id is printable ASCII", arguments: ["a b~", "zeile\n", "\u{7f}", "é", "\0"])
  func requestID(_ text: String) async throws {
    let house = try ForwardingHouse(keys: [try .of("ada")], upstreamCallsMax: 16)
    let client = await FrameClient(house, key: "ada")
    await client.begin(1, requestID: Array(text.utf8))
    let end = await client.ends()[1]
    if text == "a b~" {
      #expect(end == nil)
    } else {
      #expect(end?.code == .invalidArgument)
      #expect(end?.message.contains("printable ASCII") == true)
    }
  }
}
