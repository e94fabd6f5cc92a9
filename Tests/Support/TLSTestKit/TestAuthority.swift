internal import Crypto
package import Foundation
internal import SwiftASN1
package import TransportTCP
internal import X509

/// A certificate authority that signs what tests ask for, and the folder that it all lies in.
package final class TestAuthority: Sendable {
  private let key = P256.Signing.PrivateKey()
  private let name: DistinguishedName
  package let folder: URL

  package init() throws {
    name = try DistinguishedName { CommonName("test authority \(UUID().uuidString.prefix(8))") }
    folder = FileManager.default.temporaryDirectory.appending(
      path: "slipway-\(UUID().uuidString.prefix(8).lowercased())")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try issue(
      "authority", for: key, subject: name, until: .distantFuture,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
      })
  }

  deinit {
    try? FileManager.default.removeItem(at: folder)
  }

  package var authorityFile: String { path("authority.pem") }

  /// For clients that have no certificate.
  package var client: TLSSettings { TLSSettings(authorityFile: authorityFile) }

  /// The files of a new certificate.
  ///
  /// - Parameters:
  ///   - role: none if `nil`.
  ///   - authorityFile: the one whose peers are believed; our own if `nil`.
  package func settings(
    role: String?, until: Date = .distantFuture, authorityFile: String? = nil
  ) throws -> TLSSettings {
    let file = "\(role ?? "none")-\(UUID().uuidString.prefix(8))"
    try issue(
      file, for: P256.Signing.PrivateKey(),
      subject: try DistinguishedName { CommonName(role ?? "none") }, until: until,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth, .clientAuth])
        SubjectAlternativeNames(
          [.dnsName("localhost")]
            + (role.map { [.uniformResourceIdentifier("slipway:role:\($0)")] } ?? []))
      })
    return TLSSettings(
      certificateFile: path("\(file).pem"), keyFile: path("\(file).key"),
      authorityFile: authorityFile ?? self.authorityFile)
  }

  package func path(_ file: String) -> String { folder.appending(path: file).path }

  private func issue(
    _ file: String, for subjectKey: P256.Signing.PrivateKey, subject: DistinguishedName,
    until: Date, extensions: Certificate.Extensions
  ) throws {
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(),
      publicKey: Certificate.PublicKey(subjectKey.publicKey),
      notValidBefore: Date(timeIntervalSinceNow: -40 * 86_400),
      notValidAfter: min(until, Date(timeIntervalSinceNow: 40 * 86_400)),
      issuer: name, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: extensions, issuerPrivateKey: Certificate.PrivateKey(key))
    try write(try certificate.serializeAsPEM().pemString, "\(file).pem")
    try write(subjectKey.pemRepresentation, "\(file).key")
  }

  private func write(_ text: String, _ file: String) throws {
    let made = FileManager.default.createFile(
      atPath: path(file), contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard made else { throw CocoaError(.fileWriteUnknown) }
  }
}
