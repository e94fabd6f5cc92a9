import Contracts
import Foundation
import RPC
import RPCTestKit
import SlipwayClient
import Testing
import TransportTCP

@Suite("Connecting")
struct ConnectTests {
  /// A gateway on loopback that doubles what it is given.
  private func withGateway(_ use: (_ address: String) async throws -> Void) async throws {
    var router = Router()
    router.unary(Inference.API.modelInfer) { request, _ async throws(RPCError) in
      let values = request.rawInputContents.first ?? []
      return Inference.ModelInferResponse(
        modelName: request.modelName, modelVersion: "1",
        outputs: [.init(name: "y", datatype: "FP32", shape: [1, 4])], rawOutputContents: [values])
    }
    let core = ServerCore(
      router: router, authenticator: TestServerAuthenticator(), gates: [RoleAdmission()])
    let server = try await TCPServer.listen(core: core, host: "127.0.0.1", port: 0)
    do {
      try await use(server.address)
    } catch {
      await server.shutdown(grace: .zero)
      throw error
    }
    await server.shutdown(grace: .seconds(5))
  }

  @Test("an application connects with an address and a key, and asks a model")
  func connect() async throws {
    try await withGateway { address in
      let answer = try await ask(address: address, key: "key-developer")
      #expect(answer == [0.1, 0.2, 0.3, 0.4])
    }
  }

  @Test("a wrong key and a wrong address are told when connecting")
  func refused() async throws {
    try await withGateway { address in
      let wrong = await #expect(throws: RPCError.self) {
        _ = try await GatewayClient.connect(to: address, key: "wrong")
      }
      #expect(wrong?.code == .unauthenticated)
    }
    let nobody = await #expect(throws: RPCError.self) {
      _ = try await GatewayClient.connect(to: "nonsense", key: "key-developer")
    }
    #expect(nobody?.code == .invalidArgument)
  }

  @Test("the example in the README is the one that is compiled here")
  func readme() throws {
    let tests = URL(filePath: #filePath)
    var root = tests
    for _ in 0..<4 { root.deleteLastPathComponent() }
    let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
    let example = try #require(
      readme.components(separatedBy: "```swift\n").dropFirst().first?
        .components(separatedBy: "```").first)
    let source = try String(contentsOf: tests, encoding: .utf8)
    let code = example.split(separator: "\n").drop { $0.hasPrefix("import") }
    #expect(code.count > 5)
    #expect(source.contains(code.joined(separator: "\n")))
  }
}

func ask(address: String, key: String) async throws -> [Float] {
  let client = try await GatewayClient.connect(to: address, key: key)
  let result = try await client.infer(
    InferenceRequest(model: "mlp", inputs: [Tensor("x", shape: [1, 4], [0.1, 0.2, 0.3, 0.4])]))
  await client.close()
  guard case .fp32(let scores)? = result["y"]?.elements else { return [] }
  return scores
}
