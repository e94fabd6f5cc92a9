import Contracts
import Foundation
import IntegrationSuite
import RPC
import ServiceRuntime
import SlipwayClient
import Testing
import Trust

extension IntegrationTests.ServedModelTests {
  /// Limits, rights and policy stand at the gateway: nobody gets past it.
  @Suite(.timeLimit(.minutes(5))) struct AroundTheGatewayTests {
    @Test func `a key opens no port but the gateway's, and no role but its own takes inference`()
      async throws
    {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      let worker = try #require(try await SmallModel(on: suite).registered().leases.first).endpoint
      for service in ["registry", "monitor", "content-governor", "inference-worker"] {
        let port = service == "inference-worker" ? worker : suite.endpoints[service] ?? ""
        let channel = Connector().client(at: port, apiKey: suite.adminKey)
        let refusal = await #expect(throws: RPCError.self) {
          _ = try await GatewayClient(channel).infer(SmallModel.request)
        }
        #expect(refusal?.code == .unauthenticated, "\(service)")
      }
      let keys = ServiceKeyFolder(stateDirectory: suite.folder.state.path)
      for role in ServiceRole.allCases {
        let channel = Connector().channel(
          to: .inferenceWorker, at: worker, as: try keys.identity(of: role),
          trust: try keys.trust())
        do throws(RPCError) {
          _ = try await GatewayClient(channel).infer(SmallModel.request)
          #expect(role == .gateway, "\(role) was answered")
        } catch {
          #expect(role != .gateway && error.code == .permissionDenied, "\(role): \(error)")
        }
      }
    }
  }
}
