import Contracts
import RPC
import Testing

@testable import RegistryCore

struct RegistryAPITests {
  @Test func answersEveryMethodOfTheContract() async throws {
    let house = try await House()
    var router = Router()
    RegistryAPI(house.service) { _, _ in }.register(on: &router)
    #expect(Set(router.descriptors.map(\.name)) == Set(Registry.API.all.map(\.name)))
  }

  @Test func everyMethodNamesWhoMayCallIt() {
    for method in Registry.API.all {
      #expect(!method.roles.isEmpty || !method.peers.isEmpty, "\(method.name)")
    }
  }

  @Test(arguments: [
    (RegistryError.invalid("m"), StatusCode.invalidArgument), (.missing("m"), .notFound),
    (.taken("m"), .alreadyExists), (.conflict("m"), .aborted),
    (.refused("m"), .failedPrecondition), (.forbidden("m"), .permissionDenied),
    (.exhausted("m"), .resourceExhausted), (.corrupt("m"), .dataLoss),
    (.failed(cause: "secret"), .internalError),
  ])
  func eachErrorHasItsStatus(_ error: RegistryError, _ code: StatusCode) {
    #expect(error.rpcError.code == code)
    #expect(!error.rpcError.message.contains("secret"))
  }
}
