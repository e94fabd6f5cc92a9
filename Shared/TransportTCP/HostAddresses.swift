internal import Base
internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import RPC

/// The socket addresses behind a host's name.
enum HostAddresses {
  /// What a name may lead to; more are left out.
  private static let countMax = 8

  /// Looks the name up on a thread that may block, never on an event loop or in the cooperative pool.
  ///
  /// - Returns: at least one; each worth a try, in this order.
  /// - Throws: `unavailable` if there is no such host, or nobody who knows answers in time.
  static func of(
    _ host: String, port: Int, on eventLoop: any EventLoop, timeout: Duration
  ) async throws(RPCError) -> [SocketAddress] {
    if let address = try? SocketAddress(ipAddress: host, port: port) { return [address] }
    let names = isLocalhost(host) ? ["127.0.0.1", "::1"] : await lookUp(host, eventLoop, timeout)
    let addresses = (names ?? []).prefix(countMax).compactMap {
      try? SocketAddress(ipAddress: $0, port: port)
    }
    guard !addresses.isEmpty else {
      throw RPCError(
        .unavailable,
        names == nil
          ? "the name `\(host)` could not be looked up in time"
          : "no host of the name `\(host)` is known",
        retryAfter: .seconds(1))
    }
    return addresses
  }

  /// Such names are this machine's and nobody need be asked (RFC 6761, section 6.3).
  private static func isLocalhost(_ host: String) -> Bool {
    let name = host.lowercased()
    return name == "localhost" || name.hasSuffix(".localhost")
  }

  /// - Returns: `nil` if it took too long; none if there is no such host.
  private static func lookUp(
    _ host: String, _ eventLoop: any EventLoop, _ timeout: Duration
  ) async -> [String]? {
    let promise = eventLoop.makePromise(of: [String]?.self)
    let timer = eventLoop.scheduleTask(in: .nanoseconds(timeout.wholeNanoseconds)) {
      promise.succeed(nil)
    }
    // Whichever is second, changes nothing.
    NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { Host(name: host).addresses }
      .map { Optional($0) }.cascade(to: promise)
    defer { timer.cancel() }
    return (try? await promise.futureResult.get()) ?? []
  }
}
