import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  /// One key with many connections gets no more of a gateway than the totals in Shared/Docs/threat-model.md
  /// say, and costs no other key a call.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct GreedTests {
    struct Greed: Sendable, CustomTestStringConvertible {
      /// As floods.py names it.
      var name: String
      /// Growth of the gateway's resident memory at its peak.
      var mebibytesMax: Int
      /// Why connections are refused or ended, as the metrics name it; `nil` where calls are refused.
      var cause: String?
      var testDescription: String { name }
    }

    private static let greedy = "mallory"
    /// What floods.py knows as KEPT_MEBIBYTES.
    private static let mebibytes = "48"

    @Test(arguments: [
      // 16 KiB for each connection, and half as much again for what the allocator keeps.
      Greed(name: "many-connections", mebibytesMax: 24, cause: "principal"),
      // The total, 64 KiB a connection that are not told of, and what the allocator keeps of those that
      // are on their way out.
      Greed(name: "many-partial-frames", mebibytesMax: 128, cause: "kept"),
      Greed(name: "many-unread-answers", mebibytesMax: 192, cause: "kept"),
      Greed(name: "many-unfinished-requests", mebibytesMax: 128, cause: nil),
    ])
    func `many connections multiply nothing, and a neighbour's calls go on`(
      greed: Greed
    ) async throws {
      let variables = [
        "SLIPWAY_KEPT_MEBIBYTES": Self.mebibytes, "SLIPWAY_HELD_MEBIBYTES": Self.mebibytes,
      ]
      try await withFreshSuite(variables: variables) { suite in
        try await SmallModel(on: suite).serve()
        try await suite.makeKey(of: Self.greedy, roles: ["developer"])
        let gateway = try #require(suite.processes(of: "gateway").first)
        let (_, report) = try await Load.during(
          [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 1
        ) { load in
          try await load.more(200)
          let memory = try ProcessMemory(of: gateway)
          let before = try memory.resident
          let arguments = [
            suite.endpoints["gateway"] ?? "", suite.keyFile(of: Self.greedy).path, SmallModel.name,
            greed.name,
          ]
          try await Peer.hold("floods.py", arguments, in: suite.checkout) { _ in
            try await load.more(200)
            // Whoever comes now is taken too.
            let newcomer = try await suite.libraryClient(as: People.pusher)
            _ = try await newcomer.infer(SmallModel.request)
            await newcomer.close()
          }
          let mebibytes = (try memory.peak - before) >> 20
          print("greed: \(greed.name): \(mebibytes) MiB")
          #expect(mebibytes <= greed.mebibytesMax)
          guard let cause = greed.cause else { return }
          let text = try await RunningSuite.get(
            "/metrics", at: suite.endpoints["gateway-ops"] ?? "")
          let name = "slipway_rpc_connections_refused_total{cause=\"\(cause)\"}"
          let count = text.split(separator: "\n").first { $0.hasPrefix(name) }?
            .split(separator: " ").last.flatMap { Int($0) }
          #expect(count ?? 0 > 0, "\(text)")
        }
        try report.expectNoFailure()
        #expect(suite.processes(of: "gateway") == [gateway])
      }
    }
  }
}
