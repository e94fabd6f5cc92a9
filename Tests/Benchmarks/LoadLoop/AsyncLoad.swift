package import RPC

/// Keeps calls in flight with the async API: one task for each.
package enum AsyncLoad {
  /// Runs to the end of the meter's phases and prints the RESULT line.
  package static func run(
    _ call: LoadCall, on connections: [ClientConnection], inflight: Int,
    meter: LoadMeter
  ) async throws {
    try await withThrowingTaskGroup(of: Void.self) { callers in
      for connection in connections {
        for _ in 0..<inflight {
          callers.addTask { await callUntilDraining(call, on: connection, meter: meter) }
        }
      }
      try await meter.run { try await callers.waitForAll() }
    }
  }

  private static func callUntilDraining(
    _ call: LoadCall, on connection: ClientConnection, meter: LoadMeter
  ) async {
    while meter.phase != .draining {
      let sent = LoadMeter.now()
      do throws(RPCError) {
        let isRight = try await call.call(connection)
        meter.record(from: sent, to: LoadMeter.now(), isRight: isRight)
      } catch {
        // One failed call breaks the run: no need to make more.
        return meter.record(from: sent, to: LoadMeter.now(), isRight: false)
      }
    }
  }
}
