import Contracts
import RPC
import Testing

@testable import ContentGovernorCore

struct ContentAPITests {
  @Test func `every method of the contract is answered`() async throws {
    try await ContentHouse.run { house in
      var router = Router()
      ContentAPI(house.desk) { _, _ in }.register(on: &router)
      #expect(Set(router.descriptors.map(\.name)) == Set(Content.API.all.map(\.name)))
    }
  }

  @Test func `every act has a name in the log`() {
    for event in [
      "submit", "revise", "rebind", "comment", "approve", "reject", "request-changes", "lapse",
      "release", "expire", "recall", "erase",
    ] {
      #expect(ContentChange.Action(rawValue: "item.\(event)") != nil, "\(event)")
    }
  }

  @Test(arguments: [
    (ContentError.invalid("m"), StatusCode.invalidArgument), (.missing("m"), .notFound),
    (.conflict("m"), .aborted), (.refused("m"), .failedPrecondition),
    (.exhausted("m"), .resourceExhausted), (.unavailable("m"), .unavailable),
    (.failed(cause: "secret"), .internalError),
  ])
  func `each error has its status`(_ error: ContentError, _ code: StatusCode) {
    #expect(error.rpcError.code == code)
    #expect(!error.rpcError.message.contains("secret"))
  }
}
