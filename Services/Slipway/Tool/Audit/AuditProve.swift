internal import ArgumentParser
internal import AuditLog
internal import Contracts

struct AuditProve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Write the proof that an entry is in the log.",
    discussion: """
      The proof is a C2SP tlog-proof with the entry itself in its line `extra`: one file that \
      `slipway audit verify FILE --log-key KEY` checks offline.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Number of the entry.", transform: WholeNumber.parse)
  var index: UInt32
  @Option(help: "File to write; ends with .tlog-proof.", completion: .file())
  var out: String?

  func run() async throws {
    let session = try await connection.session()
    let answer = try await session.call(
      TransparencyLog.API.proveInclusion,
      TransparencyLog.ProveInclusionRequest(index: UInt64(index)))
    let proof = try ToolError.reading("the proof") { () throws(NoteError) in
      let proof = try LogProof(answer.proof)
      return LogProof(
        index: proof.index, path: proof.path, checkpoint: proof.checkpoint, extra: answer.leaf)
    }
    guard let out else { return session.context.output.write(proof.description) }
    guard out.hasSuffix(".tlog-proof") else {
      throw ToolError(.usage, "expected a file that ends with `.tlog-proof`, got `\(out)`")
    }
    try AuditFolder.write(Array(proof.description.utf8), toFile: out)
    session.note("wrote \(out); next: slipway audit verify \(out) --log-key KEY")
  }
}
