import Contracts
import RPC
import Testing

@testable import MonitorCore

struct MonitorAPITests {
  @Test func `every method of the contract is answered, and names who may call it`() async throws {
    let house = try await MonitorHouse()
    var router = Router()
    MonitorAPI(house.service) { _, _ in }.register(on: &router)
    #expect(Set(router.descriptors.map(\.name)) == Set(Monitor.API.all.map(\.name)))
    for method in Monitor.API.all {
      #expect(!method.roles.isEmpty || !method.peers.isEmpty, "\(method.name)")
    }
    #expect(Monitor.API.record.descriptor.peers == ["gateway"])
    #expect(Monitor.API.record.descriptor.roles.isEmpty)
  }

  @Test(arguments: [
    (MonitorError.invalid("m"), StatusCode.invalidArgument), (.missing("m"), .notFound),
    (.refused("m"), .failedPrecondition), (.forbidden("m"), .permissionDenied),
    (.exhausted("m"), .resourceExhausted), (.failed(cause: "secret"), .internalError),
  ])
  func `each error has its status`(_ error: MonitorError, _ code: StatusCode) {
    #expect(error.rpcError.code == code)
    #expect(!error.rpcError.message.contains("secret"))
  }

  @Test func `statuses are called as logs call them`() {
    #expect(StatusName.of(0) == "ok")
    #expect(StatusName.of(8) == "resource_exhausted")
    #expect(StatusName.of(13) == "internal")
    #expect(StatusName.of(999) == "999")
  }
}
