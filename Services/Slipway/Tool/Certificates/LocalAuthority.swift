internal import Crypto
internal import Foundation
internal import SwiftASN1
internal import Trust
internal import X509

/// A certificate authority of one's own, for the services of one suite.
///
/// A service's certificate carries its role as the URI `slipway:role:NAME`; peers look at nothing else
/// in it. ECDSA P-256, because every TLS stack takes it.
struct LocalAuthority {
  /// A certificate and its private key, PEM.
  struct Issued {
    var certificate: String
    var key: String
  }

  private static let clockSkew: TimeInterval = 300

  private let key = P256.Signing.PrivateKey()
  private let name: DistinguishedName
  private let from: Date
  private let until: Date

  init(name: String, now: Date, validity: Duration) throws {
    self.name = try DistinguishedName { CommonName(name) }
    from = now.addingTimeInterval(-Self.clockSkew)
    until = now.addingTimeInterval(TimeInterval(validity.components.seconds))
  }

  /// The authority's own certificate.
  func issueOwn() throws -> Issued {
    try issue(
      for: key, subject: name,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(keyIdentifier: Self.identifier(of: key))
      })
  }

  /// A certificate of one role, for both ends of a connection.
  func issue(_ role: ServiceRole, hosts: [String]) throws -> Issued {
    let names =
      [GeneralName.uniformResourceIdentifier("slipway:role:\(role)")]
      + hosts.map { host in
        NetworkAddress.bytes(host).map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
          ?? .dnsName(host)
      }
    let subjectKey = P256.Signing.PrivateKey()
    return try issue(
      for: subjectKey,
      subject: try DistinguishedName { CommonName(role.rawValue) },
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        SubjectAlternativeNames(names)
        SubjectKeyIdentifier(keyIdentifier: Self.identifier(of: subjectKey))
        AuthorityKeyIdentifier(keyIdentifier: Self.identifier(of: key))
      })
  }

  /// RFC 7093, section 2, method 1.
  private static func identifier(of key: P256.Signing.PrivateKey) -> ArraySlice<UInt8> {
    [UInt8](SHA256.hash(data: key.publicKey.x963Representation)).prefix(20)
  }

  private func issue(
    for subjectKey: P256.Signing.PrivateKey, subject: DistinguishedName,
    extensions: Certificate.Extensions
  ) throws -> Issued {
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(subjectKey.publicKey), notValidBefore: from,
      notValidAfter: until, issuer: name, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: extensions, issuerPrivateKey: Certificate.PrivateKey(key))
    return Issued(
      certificate: try certificate.serializeAsPEM().pemString + "\n",
      key: subjectKey.pemRepresentation + "\n")
  }
}
