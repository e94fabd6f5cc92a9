import RPC
import Synchronization

/// A registry that goes away for good after some calls.
final class FailingAfter: Channel {
  private let channel: any Channel
  private let rest: Mutex<Int>

  init(chunks: Int, _ channel: any Channel) {
    self.channel = channel
    rest = Mutex(chunks)
  }

  func call<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> Response {
    let isAway = rest.withLock { rest in
      rest -= 1
      return rest < 0
    }
    guard !isAway else { throw RPCError(.unavailable, "away") }
    return try await channel.call(method, request, options: options)
  }

  func stream<Request, Response>(
    _ method: Method<Request, Response>, _ request: Request, options: CallOptions
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await channel.stream(method, request, options: options)
  }
}
