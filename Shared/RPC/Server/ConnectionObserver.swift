/// Hears of connections that a server refused or ended for the sake of the others. Runs on event loops:
/// must not block.
package protocol ConnectionObserver: AnyObject, Sendable {
  /// - Parameters:
  ///   - peer: the principal or service, or the address of a stranger.
  func refused(_ cause: ConnectionRefusal, peer: String)

  /// A connection did not get through the transport's own handshake, such as that of TLS.
  func failed(_ cause: String, source: String)
}

extension ConnectionRefusal {
  /// What the peer is told.
  func error(_ limits: ServerLimits) -> RPCError {
    switch self {
    case .source:
      RPCError(
        .unavailable,
        "\(limits.handshakesPerSourceMax) connections of your address are in their handshakes, the "
          + "most that are taken; try again", retryAfter: .seconds(1))
    case .principal:
      RPCError(
        .resourceExhausted,
        "your principal has \(limits.connectionsPerPrincipalMax) connections here, the most that are "
          + "taken; use them for more calls at once, or close some", retryAfter: .seconds(1))
    case .total:
      RPCError(
        .unavailable, "this server takes no further connection; try another or later",
        retryAfter: .seconds(1))
    case .held, .kept:
      RPCError(
        .resourceExhausted,
        "the server keeps more than \(limits.total(self == .held ? .held : .kept)) bytes for its "
          + "peers, most of them for you; take your answers, and send requests one after the other",
        retryAfter: .seconds(1))
    }
  }
}
