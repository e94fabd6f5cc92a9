internal import CoreMetrics
internal import Logging
internal import RPC
internal import Synchronization

/// Counts the connections of a server, what it keeps for them, and whom it refused; and logs refusals, a
/// few of each kind, because their number is up to strangers.
final class ConnectionMetrics: ConnectionObserver {
  private let connections: Meter
  private let bytes: [ByteAccount: Meter]
  private let refusals: [ConnectionRefusal: Counter]
  private let failures: Counter
  private let logger: Logger
  private let throttle: LogThrottle

  init(logger: Logger, throttle: LogThrottle = LogThrottle()) {
    self.logger = logger
    self.throttle = throttle
    MetricHelp.set("Connections that are open.", for: "slipway_rpc_connections")
    MetricHelp.set("Bytes of requests that are not answered.", for: "slipway_rpc_held_bytes")
    MetricHelp.set(
      "Bytes of frames that are not whole, and of answers that are not taken.",
      for: "slipway_rpc_kept_bytes")
    MetricHelp.set(
      "Connections that were refused, or ended for the sake of others.",
      for: "slipway_rpc_connections_refused_total")
    MetricHelp.set(
      "Connections that did not get through TLS.", for: "slipway_tls_handshake_failures_total")
    connections = Meter(label: "slipway_rpc_connections")
    bytes = Dictionary(
      uniqueKeysWithValues: ByteAccount.allCases.map {
        ($0, Meter(label: "slipway_rpc_\($0.rawValue)_bytes"))
      })
    refusals = Dictionary(
      uniqueKeysWithValues: ConnectionRefusal.allCases.map {
        (
          $0,
          Counter(
            label: "slipway_rpc_connections_refused_total", dimensions: [("cause", $0.rawValue)])
        )
      })
    failures = Counter(label: "slipway_tls_handshake_failures_total")
  }

  /// Takes down how things stand, for those who read the metrics now.
  func sample(_ core: ServerCore) {
    connections.set(core.connectionCount)
    for account in ByteAccount.allCases { bytes[account]?.set(core.byteCount(account)) }
  }

  func refused(_ cause: ConnectionRefusal, peer: String) {
    refusals[cause]?.increment()
    log("a connection was refused, or ended for the others' sake", cause.rawValue, peer: peer)
  }

  func failed(_ cause: String, source: String) {
    failures.increment()
    log("TLS with a peer failed", cause, peer: source)
  }

  private func log(_ message: Logger.Message, _ cause: String, peer: String) {
    guard let unsaid = throttle.pass(cause, at: .now) else { return }
    logger.warning(
      message, metadata: ["cause": "\(cause)", "peer": "\(peer)", "unsaid": "\(unsaid)"])
  }
}
