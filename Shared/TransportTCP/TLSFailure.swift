internal import Foundation
internal import NIOSSL
internal import RPC

/// Why TLS with a server failed, for a person.
struct TLSFailure {
  /// The server's, `host:port`.
  let address: String
  let settings: TLSSettings

  /// What BoringSSL calls a failure, and what there is to do about it. The first that fits counts.
  private var causes: [(name: String, text: String)] {
    [
      (
        "CERTIFICATE_VERIFY_FAILED",
        "the certificate of `\(address)` is not signed by the authority in "
          + "`\(settings.authorityFile)`"
      ),
      (
        "WRONG_VERSION_NUMBER",
        "`\(address)` does not speak TLS; start it with certificates (SLIPWAY_CERTS), "
          + "or call it without"
      ),
      ("PROTOCOL_VERSION", "`\(address)` does not speak TLS 1.3"),
      ("ALERT_UNKNOWN_CA", "`\(address)` does not know the authority of \(ourCertificate)"),
      ("ALERT_CERTIFICATE_EXPIRED", "`\(address)` says that \(ourCertificate) has expired"),
      ("ALERT_", "`\(address)` refused TLS with \(ourCertificate)"),
    ]
  }

  private var ourCertificate: String {
    settings.certificateFile.isEmpty
      ? "a client without a certificate" : "our certificate `\(settings.certificateFile)`"
  }

  /// - Parameter certificate: the server's, as far as it is known.
  func error(_ cause: any Error, certificate: NIOSSLCertificate?) -> RPCError {
    let name = "\(cause)"
    if name.contains("CERTIFICATE_VERIFY_FAILED"), let end = certificate?.expiry, end < Date() {
      return RPCError(
        .failedPrecondition,
        "the certificate of `\(address)` expired on \(end.formatted(.iso8601))")
    }
    if let known = causes.first(where: { name.contains($0.name) }) {
      return RPCError(.failedPrecondition, known.text)
    }
    return RPCError(.unavailable, "TLS with `\(address)` failed: \(name)")
  }

  /// The server closed before TLS was done, and said nothing.
  var closedEarly: RPCError {
    RPCError(
      .unavailable,
      "`\(address)` closed the connection before TLS was done; does it speak TLS 1.3?")
  }
}
