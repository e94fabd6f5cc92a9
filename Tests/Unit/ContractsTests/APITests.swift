import Contracts
import RPC
import Testing

struct APITests {
  @Test func `a descriptor holds what the proto says of its method`() {
    #expect(
      Registry.API.getEvidence.descriptor
        == MethodDescriptor(
          name: "slipway.registry.v1.Registry/GetEvidence", shape: .unary, effect: .safe,
          roles: ["developer", "deployer", "approver", "operator", "auditor", "admin"],
          peers: ["inference-worker"]))
    #expect(Registry.API.watchModels.descriptor.shape == .serverStream)
    #expect(Gateway.API.whoAmI.descriptor.roles == ["any"])
    #expect(Registry.API.setDeployment.descriptor.effect == .mutating)
  }

  @Test func `every method is listed once`() {
    let all =
      Registry.API.all + Gateway.API.all + Inference.API.all + Worker.API.all
      + TransparencyLog.API.all
    #expect(Set(all.map(\.name)).count == all.count)
    #expect(Registry.API.all.count == 21)
    #expect(Inference.API.modelInfer.descriptor.name == "inference.GRPCInferenceService/ModelInfer")
  }
}
