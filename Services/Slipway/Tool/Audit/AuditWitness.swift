internal import ArgumentParser
internal import AuditLog
internal import Contracts

struct AuditWitness: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness", abstract: "Make a key for a witness of the log.",
    discussion: """
      The line that is shown goes into the file `witnesses` of the governor's state directory. Then \
      `slipway audit checkpoint --keep FILE --cosign KEYFILE` now and then checks the log and cosigns it.
      """)

  @OptionGroup var output: OutputOptions
  @Argument(help: "The witness's name, such as audit.example.com.")
  var name: String
  @Option(help: "File of the new private key.", completion: .file())
  var out: String

  func run() async throws {
    let context = try ToolContext.current()
    let seed = NoteSigner.newSeed()
    let signer = try ToolError.reading("the name `\(name)`") { () throws(NoteError) in
      try NoteSigner(name: name, kind: .witness, seed: seed)
    }
    guard SecretFile.create(out, "\(name) \(Base64Text.encode(seed))\n") else {
      throw ToolError(.refused, "`\(out)` could not be made: expected a path that is not taken")
    }
    context.output.write("\(signer.key)\n")
  }

  /// Reads what ``run()`` wrote.
  static func signer(in path: String) throws(ToolError) -> NoteSigner {
    let text = String(decoding: try AuditFolder.content(of: path), as: UTF8.self)
    let parts = text.split { $0.isWhitespace }
    guard parts.count == 2, let seed = Base64Text.decode(parts[1]) else {
      throw ToolError(.usage, "expected a key that `slipway audit witness` made in `\(path)`")
    }
    return try ToolError.reading("`\(path)`") { () throws(NoteError) in
      try NoteSigner(name: String(parts[0]), kind: .witness, seed: seed)
    }
  }
}

struct AuditErase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase", abstract: "Destroy the secret of a person or an item in the log.",
    discussion: """
      Their names, and the records that name them, can then be read by nobody; every proof goes on \
      verifying. This can't be undone.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Whom or what, such as principal:alice.")
  var party: String
  @Option(help: "Why; stands in the log.")
  var reason: String

  func run() async throws {
    let session = try await connection.session()
    let answer = try await session.call(
      TransparencyLog.API.erase, TransparencyLog.EraseRequest(party: party, reason: reason))
    guard answer.erased > 0 else {
      throw ToolError(.notFound, "the log knows no `\(party)`, or it was erased before")
    }
    session.note("erased \(party)")
  }
}
