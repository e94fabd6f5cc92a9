import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// Heap allocations of a server for each unary call, as its own allocator counts them.
  @Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(
      if: (try? Checkout()).flatMap(EchoServer.executable) != nil,
      "needs an optimised server: swift build -c release --product rpc-echo"))
  struct AllocationTests {
    /// Calls in flight on connections, and what each may cost.
    struct Shape: Sendable, CustomTestStringConvertible {
      var mode: String
      var connections: Int
      var inFlight: Int
      /// Allocations for each call that must not be passed.
      var countMax: Double

      var testDescription: String { "\(mode) \(connections)x\(inFlight)" }
    }

    /// With any number of calls in flight; one alone has a read and a write of its own.
    static let syncMax = 4.0
    static let asyncMax = 8.0

    static let shapes = [
      Shape(mode: "sync", connections: 1, inFlight: 1, countMax: syncMax),
      Shape(mode: "sync", connections: 1, inFlight: 64, countMax: syncMax),
      Shape(mode: "sync", connections: 8, inFlight: 32, countMax: syncMax),
      Shape(mode: "async", connections: 1, inFlight: 1, countMax: asyncMax),
      Shape(mode: "async", connections: 1, inFlight: 64, countMax: asyncMax),
      Shape(mode: "async", connections: 8, inFlight: 32, countMax: asyncMax),
    ]

    @Test(arguments: shapes)
    func `a call costs the server few allocations`(_ shape: Shape) async throws {
      let count = try await allocations(of: shape, server: shape.mode)
      print("allocations: \(shape.testDescription): \(count) a call of at most \(shape.countMax)")
      #expect(count <= shape.countMax)
    }

    @Test(arguments: [shapes[1], shapes[4]])
    func `a handler that allocates ten times more is seen`(_ shape: Shape) async throws {
      let count = try await allocations(of: shape, server: shape.mode)
      let wasteful = try await allocations(of: shape, server: "\(shape.mode)-wasteful")
      #expect(wasteful > count + 9 && wasteful < count + 13, "\(count), wasteful \(wasteful)")
      #expect(wasteful > shape.countMax)
    }

    private func allocations(of shape: Shape, server mode: String) async throws -> Double {
      let checkout = try Checkout()
      let executable = try #require(EchoServer.executable(in: checkout))
      let counts = try AllocationCounts(in: FileManager.default.temporaryDirectory, checkout)
      defer { counts.remove() }
      return try await EchoServer.run(executable, mode: mode, variables: counts.variables) {
        server in
        func load() async throws -> Int {
          try await server.load(
            executable, mode: shape.mode, connections: shape.connections,
            inFlight: shape.inFlight)
        }
        _ = try await load()
        let before = try counts.total()
        let calls = try await load()
        return Double(try counts.total() - before) / Double(calls)
      }
    }
  }
}
