internal import Foundation
internal import NIOSSL

/// Why a server did not get TLS with a peer, for its log.
enum TLSRefusal {
  /// What BoringSSL calls a failure. The first that fits counts.
  private static let causes: [(name: String, text: String)] = [
    ("CERTIFICATE_VERIFY_FAILED", "its certificate is not signed by our authority"),
    ("PEER_DID_NOT_RETURN_A_CERTIFICATE", "it showed no certificate"),
    ("HTTP_REQUEST", "it speaks HTTP, not TLS"),
    ("WRONG_VERSION_NUMBER", "it does not speak TLS"),
    ("UNSUPPORTED_PROTOCOL", "it does not speak TLS 1.3"),
    ("PROTOCOL_VERSION", "it does not speak TLS 1.3"),
    ("ALERT_UNKNOWN_CA", "it does not know the authority of our certificate"),
    ("ALERT_CERTIFICATE_EXPIRED", "it says that our certificate has expired"),
    ("ALERT_", "it refused our certificate or our terms"),
  ]

  /// - Parameters:
  ///   - error: `nil` where the connection closed without one, or took too long.
  ///   - certificate: the peer's, as far as it is known.
  static func text(_ error: (any Error)?, certificate: NIOSSLCertificate?) -> String {
    guard let error else { return "it closed, or took too long, before TLS was done" }
    let name = "\(error)"
    if name.contains("CERTIFICATE_VERIFY_FAILED"), let end = certificate?.expiry, end < Date() {
      return "its certificate expired on \(end.formatted(.iso8601))"
    }
    return causes.first { name.contains($0.name) }?.text ?? String(name.prefix(textMax))
  }

  private static let textMax = 300
}
