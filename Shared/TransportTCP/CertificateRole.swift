internal import NIOSSL
internal import SwiftASN1
internal import X509

/// The service role in a certificate: a URI `slipway:role:NAME` among its alternative names.
package enum CertificateRole {
  package static let uriPrefix = "slipway:role:"

  static func of(_ certificate: NIOSSLCertificate) -> String? {
    guard let bytes = try? certificate.toDERBytes(),
      let parsed = try? Certificate(derEncoded: bytes),
      let names = try? parsed.extensions.subjectAlternativeNames
    else { return nil }
    for name in names {
      if case .uniformResourceIdentifier(let uri) = name, uri.hasPrefix(uriPrefix) {
        return String(uri.dropFirst(uriPrefix.count))
      }
    }
    return nil
  }
}
