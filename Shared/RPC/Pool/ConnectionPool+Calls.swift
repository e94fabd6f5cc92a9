internal import Base
internal import Synchronization

/// Calls on whichever connection takes them.
extension ConnectionPool: Channel {
  package nonisolated(nonsending) func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    try await perform(options, effect: method.descriptor.effect) {
      (connection, options) async throws(RPCError) in
      try await connection.call(method, request, options: options)
    }
  }

  /// Makes the call again only as long as nothing of it has begun: whoever reads the stream knows what to
  /// make of its end.
  package nonisolated func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await perform(options, effect: .mutating) {
      (connection, options) async throws(RPCError) in
      try await connection.stream(method, request, options: options)
    }
  }

  /// Makes a call on one connection after the other, as long as that may help.
  private nonisolated func perform<Result: Sendable>(
    _ options: CallOptions, effect: MethodEffect,
    _ make: @Sendable (ClientConnection, CallOptions) async throws(RPCError) -> Result
  ) async throws(RPCError) -> Result {
    let startedAt = home.now
    var call = FirstHopCall(options, at: startedAt)
    var connection = pick(earning: true)
    while true {
      let open: ClientConnection
      if let connection { open = connection } else { open = try await wait(call, since: startedAt) }
      do throws(RPCError) {
        return try await make(open, call.options)
      } catch {
        guard isWorthAnother(&call, after: error, effect: effect) else { throw error }
      }
      connection = pick(earning: false)
    }
  }

  private nonisolated func isWorthAnother(
    _ call: inout FirstHopCall, after error: RPCError, effect: MethodEffect
  ) -> Bool {
    let now = home.now
    let effect = settings.repeatsLostCalls ? effect : .mutating
    return ready.withLock { ready in
      call.again(after: error, effect: effect, at: now, budget: &ready.retries)
    }
  }

  /// - Throws: why there is no connection, also where the caller's time ended first: that is what helps.
  private nonisolated func wait(
    _ call: FirstHopCall, since startedAt: MonotonicInstant
  ) async throws(RPCError) -> ClientConnection {
    guard settings.patience > .zero else { return try await connected() }
    return try await connected(
      until: min(call.deadline, startedAt.advanced(by: settings.patience)))
  }
}
