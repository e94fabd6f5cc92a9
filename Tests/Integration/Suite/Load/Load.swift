internal import RPC
package import SlipwayClient
internal import Synchronization

/// Requests that go on while something else happens.
package final class Load: Sendable {
  private let report = Mutex(LoadReport())
  private let isOver = Atomic(false)

  private init() {}

  /// What was seen so far.
  package var soFar: LoadReport { report.withLock { $0 } }

  /// Keeps `inFlight` requests going while `body` runs; every request is sent once, none is retried here.
  ///
  /// - Returns: what `body` returned, and the report when the last request had its answer.
  package static func during<Value: Sendable>(
    _ requests: [InferenceRequest], on client: GatewayClient, inFlight: Int = 4,
    _ body: (Load) async throws -> Value
  ) async throws -> (Value, LoadReport) {
    precondition(!requests.isEmpty)
    let load = Load()
    let value = try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<inFlight {
        group.addTask { await load.send(requests, from: lane, on: client) }
      }
      defer { load.isOver.store(true, ordering: .relaxed) }
      return try await body(load)
    }
    return (value, load.soFar)
  }

  /// Waits until `count` more requests have had their answer.
  package func more(_ count: Int, within limit: Duration = .seconds(60)) async throws {
    let goal = soFar.requests + count
    _ = try await eventually("\(count) more answers", within: limit) {
      soFar.requests >= goal ? true : nil
    }
  }

  private func send(_ requests: [InferenceRequest], from lane: Int, on client: GatewayClient) async
  {
    var next = lane
    while !isOver.load(ordering: .relaxed), !Task.isCancelled {
      let request = requests[next % requests.count]
      next += 1
      let start = ContinuousClock.now
      do throws(RPCError) {
        let result = try await client.infer(request)
        let latency = ContinuousClock.now - start
        report.withLock { $0.succeeded(version: result.version, after: latency) }
      } catch {
        report.withLock { $0.failed("\(error)") }
        // A peer that refuses at once must not make this a busy loop.
        try? await Task.sleep(for: .milliseconds(20))
      }
    }
  }
}
