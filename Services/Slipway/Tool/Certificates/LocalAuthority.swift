import Crypto
import Foundation
import SwiftASN1
import Trust
import X509

/// A certificate authority of one installation, and the certificates it gives to services.
///
/// A service's certificate carries its role as a URI `slipway:role:NAME` among the alternative names: that
/// is what peers believe. Host names are for clients' other tools.
struct LocalAuthority {
  private let key: Certificate.PrivateKey
  private let certificate: Certificate

  /// How long the authority, and a service's certificate, are good.
  static let authorityLifetime: TimeInterval = 10 * 365 * 86_400
  static let serviceLifetime: TimeInterval = 365 * 86_400

  /// Makes a new authority.
  init(name: String, now: Date) throws {
    key = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let subject = try DistinguishedName { CommonName(name) }
    certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
      notValidBefore: now.addingTimeInterval(-60),
      notValidAfter: now.addingTimeInterval(Self.authorityLifetime), issuer: subject,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      }, issuerPrivateKey: key)
  }

  /// Reads an authority back from its PEM files.
  init(certificatePEM: String, keyPEM: String) throws {
    certificate = try Certificate(pemEncoded: certificatePEM)
    key = try Certificate.PrivateKey(pemEncoded: keyPEM)
  }

  /// The authority's certificate and key.
  var files: PEMPair {
    get throws {
      PEMPair(
        certificate: try certificate.serializeAsPEM().pemString,
        key: try key.serializeAsPEM().pemString)
    }
  }

  /// A new key, and a certificate for it, for one service role.
  func issue(for role: ServiceRole, hosts: [String], now: Date) throws -> PEMPair {
    let serviceKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
    let names =
      [GeneralName.uniformResourceIdentifier("slipway:role:\(role)")] + hosts.map { .dnsName($0) }
    let issued = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: serviceKey.publicKey,
      notValidBefore: now.addingTimeInterval(-60),
      notValidAfter: now.addingTimeInterval(Self.serviceLifetime), issuer: certificate.subject,
      subject: try DistinguishedName { CommonName("slipway \(role)") },
      signatureAlgorithm: .ecdsaWithSHA256,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        SubjectAlternativeNames(names)
      }, issuerPrivateKey: key)
    return PEMPair(
      certificate: try issued.serializeAsPEM().pemString,
      key: try serviceKey.serializeAsPEM().pemString)
  }
}

/// A certificate and its key, as PEM.
struct PEMPair {
  let certificate: String
  let key: String
}
