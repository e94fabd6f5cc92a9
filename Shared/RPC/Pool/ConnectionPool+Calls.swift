internal import Base
internal import Synchronization

/// Calls on whichever connection takes them.
extension ConnectionPool: Channel {
  package nonisolated func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    let startedAt = home.now
    var call = FirstHopCall(options, at: startedAt)
    var connection = pick(earning: true)
    while true {
      let open: ClientConnection
      if let connection { open = connection } else { open = try await wait(call, since: startedAt) }
      do throws(RPCError) {
        return try await open.call(method, request, options: call.options)
      } catch {
        guard isWorthAnother(&call, after: error, effect: method.descriptor.effect) else {
          throw error
        }
      }
      connection = pick(earning: false)
    }
  }

  /// Makes the call again only as long as nothing of it has begun: whoever reads the stream knows what to
  /// make of its end.
  package nonisolated func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    let startedAt = home.now
    var call = FirstHopCall(options, at: startedAt)
    var connection = pick(earning: true)
    while true {
      let open: ClientConnection
      if let connection { open = connection } else { open = try await wait(call, since: startedAt) }
      do throws(RPCError) {
        return try await open.stream(method, request, options: call.options)
      } catch {
        guard isWorthAnother(&call, after: error, effect: .mutating) else { throw error }
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

  private nonisolated func wait(
    _ call: FirstHopCall, since startedAt: MonotonicInstant
  ) async throws(RPCError) -> ClientConnection {
    let patience = startedAt.advanced(by: settings.patience)
    let end = settings.patience > .zero ? min(call.deadline, patience) : nil
    do throws(RPCError) {
      return try await connected(until: end)
    } catch {
      guard error.code == .unavailable, home.now >= call.deadline else { throw error }
      throw RPCError(
        .deadlineExceeded,
        "there was no connection in the time that the caller gave: \(error.message)"
      ).notBegun()
    }
  }
}
