package import Foundation
internal import NIOSSL

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

  /// Files in a folder as `slipway certs init` makes it: those of `role`, or the authority's alone.
  package init(folder: String, role: String?) {
    self.init(
      certificateFile: role.map { "\(folder)/\($0).pem" } ?? "",
      keyFile: role.map { "\(folder)/\($0).key" } ?? "",
      authorityFile: "\(folder)/authority.pem")
  }

  /// Reads every file, so that what is wrong with them is known before anything else is done.
  ///
  /// - Parameters:
  ///   - role: whose certificate it must be.
  ///   - now: the certificate must not have expired by then.
  package func check(role: String, now: Date = Date()) throws(TLSFileError) {
    _ = try serverContext()
    let certificate = try certificates(in: certificateFile)[0]
    let found = CertificateRole.of(certificate)
    guard found == role else {
      throw TLSFileError(
        description: "expected `\(certificateFile)` to be a certificate of the role `\(role)`, "
          + "found \(found.map { "the role `\($0)`" } ?? "none")")
    }
    let end = certificate.expiry
    guard now < end else {
      throw TLSFileError(
        description: "`\(certificateFile)` expired on \(end.formatted(.iso8601)); "
          + "make new certificates with `slipway certs init`")
    }
  }

  /// Asks clients for a certificate, but takes those without: they have an API key to show.
  func serverContext() throws(TLSFileError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: try certificates(in: certificateFile).map { .certificate($0) },
      privateKey: .privateKey(try privateKey()))
    configuration.certificateVerification = .optionalVerification
    return try context(configuration)
  }

  /// Verifies the server's certificate; its role is verified in the handshake of our protocol.
  ///
  /// A client that has an API key needs no certificate: its files are empty then.
  func clientContext() throws(TLSFileError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if !certificateFile.isEmpty {
      configuration.certificateChain = try certificates(in: certificateFile)
        .map { .certificate($0) }
      configuration.privateKey = .privateKey(try privateKey())
    }
    configuration.certificateVerification = .noHostnameVerification
    return try context(configuration)
  }

  private func context(_ template: TLSConfiguration) throws(TLSFileError) -> NIOSSLContext {
    var configuration = template
    configuration.minimumTLSVersion = .tlsv13
    configuration.trustRoots = .certificates(try certificates(in: authorityFile))
    do {
      return try NIOSSLContext(configuration: configuration)
    } catch {
      throw TLSFileError(
        description: "`\(keyFile)` is not the key of the certificate `\(certificateFile)`")
    }
  }

  /// - Returns: at least one.
  private func certificates(in file: String) throws(TLSFileError) -> [NIOSSLCertificate] {
    try checkReadable(file, "a certificate")
    guard let found = try? NIOSSLCertificate.fromPEMFile(file), !found.isEmpty else {
      throw TLSFileError(description: "expected a certificate (PEM) in `\(file)`")
    }
    return found
  }

  private func privateKey() throws(TLSFileError) -> NIOSSLPrivateKey {
    try checkReadable(keyFile, "a private key")
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: URL(filePath: keyFile).resolvingSymlinksInPath().path)
    guard let mode = attributes?[.posixPermissions] as? Int, mode & 0o007 == 0 else {
      throw TLSFileError(
        description: "expected `\(keyFile)` to be closed to other users of this machine; "
          + "run `chmod 600` on it")
    }
    guard let key = try? NIOSSLPrivateKey(file: keyFile, format: .pem) else {
      throw TLSFileError(description: "expected a private key (PEM) in `\(keyFile)`")
    }
    return key
  }

  private func checkReadable(_ file: String, _ what: String) throws(TLSFileError) {
    guard FileManager.default.isReadableFile(atPath: file) else {
      let isThere = FileManager.default.fileExists(atPath: file)
      throw TLSFileError(
        description: "expected \(what) at `\(file)`, "
          + (isThere ? "it is not ours to read" : "there is none")
          + "; `slipway certs init` makes such files")
    }
  }
}

extension NIOSSLCertificate {
  /// From when on it is good no more.
  var expiry: Date { Date(timeIntervalSince1970: TimeInterval(notValidAfter)) }
}
