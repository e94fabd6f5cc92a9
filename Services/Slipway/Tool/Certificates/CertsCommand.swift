internal import ArgumentParser
internal import Foundation
internal import Trust

struct CertsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certs", abstract: "TLS certificates for services on several machines.",
    subcommands: [Init.self])

  struct Init: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a local authority and a certificate for each service role.",
      discussion: """
        Writes authority.pem, authority.key, ROLE.pem and ROLE.key into a new folder. Give each \
        machine authority.pem and the files of the roles that run there, and name the folder in \
        SLIPWAY_CERTS, or say `slipway up --certs`. Keep authority.key elsewhere: whoever has it \
        can pose as any service. Clients need authority.pem only.

        Every certificate bears all names given with --host. They are for TLS clients that compare the \
        name they dialled with the certificate, as most libraries do; Slipway's own processes and \
        commands look at the authority and the role, and at no name.
        """)

    private static let validityDefault = TimeSpan.seconds(365 * 86_400)

    @OptionGroup var output: OutputOptions
    @Argument(help: "The new folder.", completion: .directory)
    var folder: String
    @Option(
      name: .customLong("host"),
      help: ArgumentHelp(
        "A DNS name or IP address that services are dialled by, no port; may be repeated "
          + "(default: localhost, 127.0.0.1, ::1)",
        valueName: "name|address"), transform: HostName.parse)
    var hosts: [String] = ["localhost", "127.0.0.1", "::1"]
    @Option(
      parsing: .unconditional,
      help: .time("How long the certificates are good.", default: Self.validityDefault),
      transform: TimeSpan.parse)
    var validity: TimeSpan = Self.validityDefault

    func run() async throws {
      let context = try ToolContext.current()
      guard !FileManager.default.fileExists(atPath: folder) else {
        throw ToolError(
          .refused, "`\(folder)` exists already: certificates are never overwritten",
          advice: "name a new folder, or move that one away")
      }
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      } catch {
        throw ToolError(.failed, "`\(folder)` could not be made: \(error.localizedDescription)")
      }
      do {
        try issueAll(context)
      } catch {
        // Half a folder is of no use, and in the way of the next try.
        try? FileManager.default.removeItem(atPath: folder)
        throw error
      }
      let names = ["authority"] + ServiceRole.allCases.map(\.rawValue)
      context.present(
        PresentableList(
          elements: names.map {
            CertificateView(
              name: $0, certificate: "\(folder)/\($0).pem", key: "\(folder)/\($0).key")
          }), isJSON: output.json)
      guard !output.json else { return }
      context.output.complain(
        "next: `slipway up --certs \(folder)`; keep authority.key where no service runs\n")
    }

    private func issueAll(_ context: ToolContext) throws {
      let now = Date(
        timeIntervalSince1970: Double(context.now().millisecondsSinceEpoch) / 1000)
      let authority = try LocalAuthority(
        name: "slipway local authority", now: now, validity: validity.duration)
      try write(try authority.issueOwn(), "authority")
      for role in ServiceRole.allCases {
        try write(try authority.issue(role, hosts: hosts), role.rawValue)
      }
    }

    private func write(_ issued: LocalAuthority.Issued, _ name: String) throws {
      guard SecretFile.create("\(folder)/\(name).pem", issued.certificate),
        SecretFile.create("\(folder)/\(name).key", issued.key)
      else {
        throw ToolError(.failed, "`\(folder)` could not be written; is the disk full?")
      }
    }
  }
}

private struct CertificateView: PresentableRow {
  static let columns = ["NAME", "CERTIFICATE", "KEY"]
  var name: String
  var certificate: String
  var key: String
  var row: [String] { [name, certificate, key] }
}
