import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests.ServedModelTests {
  /// What costs a sender little costs the gateway no more than the table in Shared/Docs/threat-model.md says,
  /// in memory and in processor time, and costs others no call.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct FloodTests {
    struct Flood: Sendable, CustomTestStringConvertible {
      /// As floods.py names it.
      var name: String
      /// Growth of the gateway's resident memory at its peak.
      var mebibytesMax: Int
      /// Processor time for each byte, frame or connection that the flood sent; an unoptimised build takes
      /// five to twenty times that of a release.
      var microsecondsEachMax: Int
      var testDescription: String { name }
    }

    /// Of the calls of others meanwhile, and of whatever the machine does.
    private static let secondsAside = 3

    /// Those that leave memory to the allocator come last, as it is used again.
    @Test(arguments: [
      Flood(name: "credit-starvation", mebibytesMax: 64, microsecondsEachMax: 600),
      Flood(name: "stream-flood", mebibytesMax: 64, microsecondsEachMax: 400),
      Flood(name: "handshake-stall", mebibytesMax: 64, microsecondsEachMax: 10_000),
      Flood(name: "slow-loris", mebibytesMax: 32, microsecondsEachMax: 400),
      Flood(name: "header-bomb", mebibytesMax: 32, microsecondsEachMax: 40_000),
      Flood(name: "inflation-bomb", mebibytesMax: 32, microsecondsEachMax: 100_000),
      Flood(name: "arena-bomb", mebibytesMax: 64, microsecondsEachMax: 500_000),
      Flood(name: "ping-flood", mebibytesMax: 32, microsecondsEachMax: 60),
      Flood(name: "partial-frames", mebibytesMax: 192, microsecondsEachMax: 100_000),
    ])
    func `a flood costs what the threat model says, and nobody else`(flood: Flood) async throws {
      let suite = try await IntegrationTests.ServedModelTests.suite()
      let gateway = try #require(suite.processes(of: "gateway").first)
      let memory = try ProcessMemory(of: gateway)
      let (memoryBefore, timeBefore) = (try memory.resident, try ProcessTime.used(by: gateway))
      let client = try suite.client(as: People.pusher)
      let arguments = [
        suite.endpoints["gateway"] ?? "",
        suite.keyFile(of: IntegrationTests.ServedModelTests.stranger).path, SmallModel.name,
        flood.name,
      ]
      let count = try await withThrowingTaskGroup(of: Void.self) { group in
        // Somebody else asks now and then; one failure fails the test.
        group.addTask {
          while !Task.isCancelled {
            do { _ = try await client.infer(SmallModel.request) } catch {
              if !Task.isCancelled { throw StepFailure("meanwhile: \(error)") }
            }
            try? await Task.sleep(for: .milliseconds(100))
          }
        }
        let count = try await Peer.hold("floods.py", arguments, in: suite.checkout) { peer in
          for _ in 0..<5 { _ = try await client.infer(SmallModel.request) }
          return peer.said.split(whereSeparator: \.isWhitespace).last.flatMap { Int($0) } ?? 0
        }
        group.cancelAll()
        try await group.waitForAll()
        return count
      }
      let mebibytes = (try memory.peak - memoryBefore) >> 20
      let time = try ProcessTime.used(by: gateway) - timeBefore
      print("floods: \(flood.name), \(count) sent: \(mebibytes) MiB, \(time) of processor time")
      #expect(count > 0)
      #expect(mebibytes <= flood.mebibytesMax)
      #expect(
        time <= .seconds(Self.secondsAside) + .microseconds(flood.microsecondsEachMax * count))
      #expect(suite.processes(of: "gateway") == [gateway], "\(suite.logTails())")
    }
  }
}
