internal import NIOSSL
internal import RPC
internal import SwiftASN1
internal import X509

/// Files (PEM) for TLS 1.3: our certificate and key, and the authority that signs our peers'.
package struct TLSSettings: Sendable, Hashable {
  package var certificateFile: String
  package var keyFile: String
  package var authorityFile: String

  package init(certificateFile: String, keyFile: String, authorityFile: String) {
    self.certificateFile = certificateFile
    self.keyFile = keyFile
    self.authorityFile = authorityFile
  }

  /// Settings of a client without a certificate.
  package init(authorityFile: String) {
    self.init(certificateFile: "", keyFile: "", authorityFile: authorityFile)
  }

  /// Asks clients for a certificate, but takes those without: they have an API key to show.
  func serverContext() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try certificates(), privateKey: try privateKey())
    configuration.minimumTLSVersion = .tlsv13
    configuration.trustRoots = .file(authorityFile)
    configuration.certificateVerification = .optionalVerification
    return try context(configuration)
  }

  /// Verifies the server's certificate; its role is verified in the handshake of our protocol.
  ///
  /// A client that has an API key needs no certificate: its files are empty then.
  func clientContext() throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if !certificateFile.isEmpty {
      configuration.certificateChain = try certificates()
      configuration.privateKey = try privateKey()
    }
    configuration.minimumTLSVersion = .tlsv13
    configuration.trustRoots = .file(authorityFile)
    configuration.certificateVerification = .noHostnameVerification
    return try context(configuration)
  }

  private func certificates() throws(RPCError) -> [NIOSSLCertificateSource] {
    do {
      return try NIOSSLCertificate.fromPEMFile(certificateFile).map { .certificate($0) }
    } catch {
      throw Self.unreadable(certificateFile, "a certificate")
    }
  }

  private func privateKey() throws(RPCError) -> NIOSSLPrivateKeySource {
    do {
      return .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
    } catch {
      throw Self.unreadable(keyFile, "a private key")
    }
  }

  /// Opens the authority's file too.
  private func context(_ configuration: TLSConfiguration) throws(RPCError) -> NIOSSLContext {
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw Self.unreadable(authorityFile, "the authority's certificate")
    }
  }

  private static func unreadable(_ file: String, _ expected: String) -> RPCError {
    RPCError(
      .failedPrecondition,
      "expected `\(file)` to be \(expected) (PEM) that this user can read; `slipway certs init` makes it"
    )
  }
}

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
