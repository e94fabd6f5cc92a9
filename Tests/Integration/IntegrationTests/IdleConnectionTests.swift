import Foundation
import IntegrationSuite
import SlipwayClient
import Testing

extension IntegrationTests {
  @Suite(.timeLimit(.minutes(10))) struct IdleConnectionTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let count = isLong ? 10_000 : 1_000
    /// Resident memory of the server for each of them.
    private static let bytesEachMax = 16 << 10

    /// They are all of one principal.
    private static let variables = ["SLIPWAY_CONNECTIONS_PER_PRINCIPAL": "\(2 * count)"]

    @Test func `idle connections cost little memory, and a busy one no failed call`() async throws {
      try await withFreshSuite(variables: Self.variables) { suite in
        try await SmallModel(on: suite).serve()
        let gateway = try #require(suite.processes(of: "gateway").first)
        let (_, report) = try await Load.during(
          [SmallModel.request], on: suite.client(as: People.pusher), inFlight: 1
        ) { load in
          try await load.more(500)
          let memory = try ProcessMemory(of: gateway)
          let before = try memory.resident
          try await Peer.hold(
            "idle.py", suite.endpoints["gateway"] ?? "", suite.keyFile(of: People.pusher).path,
            "\(Self.count)", in: suite.checkout
          ) {
            let each = (try memory.resident - before) / Self.count
            print("idle connections: \(Self.count), \(each) bytes of resident memory for each")
            #expect(each <= Self.bytesEachMax)
            try await load.more(500)
          }
        }
        try report.expectNoFailure()
        #expect(suite.processes(of: "gateway") == [gateway])
      }
    }
  }
}
