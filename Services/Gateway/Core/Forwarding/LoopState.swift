internal import RPC
internal import Synchronization

/// What one event loop keeps for forwarding: its connections, its view of the routes, its chance.
package final class LoopState: Sendable {
  package let upstreams: Upstreams
  let unfinished: UnfinishedRequests
  let unrouted: UnroutedCalls
  /// Number of the loop, for counters that are kept apart by loop.
  let stripe: Int
  private let routing: Mutex<Routing>

  struct Routing {
    var routes: RouteReader
    var random = RouteRandom()
    var retries = RetryBudget()
  }

  /// - Parameter random: for the choice of workers.
  package init(
    upstreams: Upstreams, stripe: Int, routes: RouteBook, random: RouteRandom = RouteRandom()
  ) {
    self.upstreams = upstreams
    unfinished = UnfinishedRequests(loop: upstreams.loop)
    unrouted = UnroutedCalls(loop: upstreams.loop, routes: routes)
    self.stripe = stripe
    routing = Mutex(Routing(routes: RouteReader(routes), random: random))
  }

  /// Never contended: only its loop asks.
  func withRouting<Value, Failure: Error>(
    _ use: (inout Routing) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try routing.withLock { (routing) throws(Failure) in try use(&routing) }
  }
}
