import Base
import Contracts
import Testing

@testable import RPC
@testable import RegistryCore

struct CallContextTests {
  private static func context(_ peer: PeerIdentity, for models: Set<String>? = nil) -> CallContext {
    CallContext(
      method: Registry.API.setDeployment.descriptor,
      origin: CallOrigin(
        peer: peer,
        caller: models.map {
          Caller(principal: "ops", roles: ["deployer"], models: $0, expiresAt: .distantFuture)
        }), deadline: .distantFuture, traceparent: nil, model: "", version: "", requestID: "")
  }

  @Test func theAuthorIsWhomTheGatewaySpeaksForOrElseThePeer() {
    #expect(Self.context(.service("gateway"), for: ["*"]).author == .principal("ops"))
    #expect(Self.context(.service("inference-worker")).author == .service("inference-worker"))
  }

  @Test(arguments: [["*"], [], ["magika"], ["other", "magika"]] as [Set<String>])
  func aKeyForTheModelMayChangeIt(_ models: Set<String>) throws {
    try Self.context(.service("gateway"), for: models).allow(model: "magika")
  }

  @Test func aKeyForSomeModelsChangesNoOther() {
    #expect(throws: RegistryError.self) {
      try Self.context(.service("gateway"), for: ["other"]).allow(model: "magika")
    }
  }
}
