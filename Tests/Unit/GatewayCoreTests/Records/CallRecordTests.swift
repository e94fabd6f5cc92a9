import Contracts
import RPC
import RPCTestKit
import Testing
import TransportInProcess

@testable import GatewayCore

/// What the monitor is told of calls on their way through the gateway.
@Suite(.timeLimit(.minutes(5))) struct CallRecordTests {
  @Test func `a call is recorded with its bodies as they were sent`() async throws {
    let house = try ForwardingHouse(keys: [try .of("ada")])
    let link = house.client("ada")
    var options = house.options
    options.metadata.requestID = Array("call-1".utf8)
    let request = Inference.ModelInferRequest(
      modelName: ForwardingHouse.model, rawInputContents: [[UInt8](repeating: 7, count: 50)])
    let response = try await link.client.call(
      Inference.API.modelInfer, request, options: options)
    let record = try #require(house.records.take().first)
    #expect(record.requestID == "call-1")
    #expect(record.model == ForwardingHouse.model)
    #expect(record.version == 1)
    #expect(record.keyID == "ada")
    #expect(record.status == 0)
    #expect(record.request.flatMap(\.content) == request.encodedBytes())
    #expect(record.response.flatMap(\.content) == response.encodedBytes())
  }

  @Test func `a model's description is no prediction`() async throws {
    let house = try ForwardingHouse(keys: [try .of("ada")])
    _ = try? await house.client("ada").client.call(
      Inference.API.modelReady, Inference.ModelReadyRequest(name: ForwardingHouse.model),
      options: house.options)
    #expect(house.records.take().isEmpty)
  }

  @Test func `bodies over the limit are left out, and the call is recorded all the same`()
    async throws
  {
    let house = try ForwardingHouse(keys: [try .of("ada")])
    let large = [UInt8](repeating: 1, count: BodySample.bytesMax + 1)
    _ = try await house.client("ada").client.call(
      Inference.API.modelInfer,
      Inference.ModelInferRequest(modelName: ForwardingHouse.model, rawInputContents: [large]),
      options: house.options)
    let record = try #require(house.records.take().first)
    #expect(record.request.isEmpty && record.response.isEmpty)
    #expect(record.requestBytes > UInt64(BodySample.bytesMax))
  }

  @Test func `calls are sampled at the rate that was asked for, the same ones each time`() {
    for percent in [0, 10, 50, 100] {
      // The budget of a second is another matter: every call in a second of its own.
      let chosen = (0..<10_000).map { id in
        CallRecorder(percent: percent).samples(Array("request \(id)".utf8), nowNanoseconds: 1)
      }
      let again = (0..<10_000).map { id in
        CallRecorder(percent: percent).samples(Array("request \(id)".utf8), nowNanoseconds: 1)
      }
      #expect(chosen == again)
      let share = Double(chosen.count { $0 }) / 10_000
      #expect(abs(share - Double(percent) / 100) < 0.03, "\(percent): \(share)")
    }
  }

  @Test func `bodies of a second are bounded, whatever the rate`() {
    let recorder = CallRecorder(percent: 100)
    let max = CallRecorder.bodiesPerSecondMax
    let first = (0..<(3 * max)).count { _ in recorder.samples([1], nowNanoseconds: 5_000_000_000) }
    let next = (0..<(3 * max)).count { _ in recorder.samples([1], nowNanoseconds: 6_000_000_000) }
    #expect((first, next) == (max, max))
  }
}
