internal import ArgumentParser
internal import AuditLog
internal import Foundation

struct AuditVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check an exported log, or a proof of one entry, offline.",
    discussion: """
      Builds the whole tree again from the entries and holds tiles, records, checkpoint and signatures \
      against it. Nobody is called. Exit status 3 where something does not hold.
      """)

  @OptionGroup var output: OutputOptions
  @OptionGroup var keys: AuditKeys
  @Argument(help: "Folder of an export, or a file that ends with .tlog-proof.", completion: .file())
  var path: String
  @Option(
    help: ArgumentHelp(
      "A checkpoint that you or a witness kept; may be repeated.", valueName: "file"),
    completion: .file())
  var checkpoint: [String] = []

  func run() async throws {
    let context = try ToolContext.current()
    let view = path.hasSuffix(".tlog-proof") ? try proof() : try export()
    context.present(view, isJSON: output.json)
    for unchecked in view.notChecked { context.output.complain("not checked: \(unchecked)\n") }
  }

  private func export() throws(ToolError) -> VerdictView {
    let folder = AuditFolder(path)
    let (logKey, witnesses) = (try keys.log(), try keys.witnesses())
    var kept: [SignedCheckpoint] = []
    for file in checkpoint {
      let bytes = try AuditFolder.content(of: file)
      kept.append(
        try ToolError.reading("`\(file)`") { () throws(NoteError) in try SignedCheckpoint(bytes) })
    }
    var cosigned: [NoteKey] = []
    for bytes in folder.witnessed {
      let one = try ToolError.reading("a witnessed checkpoint") { () throws(NoteError) in
        try SignedCheckpoint(bytes)
      }
      // What a witness that the auditor trusts signed is as good as a checkpoint that was kept.
      let signers = try ToolError.reading("a witnessed checkpoint") { () throws(NoteError) in
        try one.note.signers(among: witnesses)
      }
      if !signers.isEmpty { kept.append(one) }
      cosigned += signers
    }
    let verdict: LogExport.Verdict
    do throws(LogFault) {
      verdict = try folder.export.verify(
        key: logKey, kept: kept, witnesses: witnesses, hasRecords: folder.hasRecords)
    } catch {
      throw ToolError(.refused, "the log does not hold: \(error)")
    }
    cosigned += verdict.witnesses
    if let missing = witnesses.first(where: { !cosigned.contains($0) }) {
      throw ToolError(.refused, "the witness `\(missing.name)` has cosigned nothing of this log")
    }
    return VerdictView(verdict, witnesses: cosigned, hasRecords: folder.hasRecords)
  }

  private func proof() throws(ToolError) -> VerdictView {
    let bytes = try AuditFolder.content(of: path)
    guard let key = try keys.log() else {
      throw ToolError(
        .usage, "a proof is checked with the log's key",
        advice: "say --log-key KEY, as `slipway audit checkpoint` shows it")
    }
    let witnesses = try keys.witnesses()
    do throws(NoteError) {
      let proof = try LogProof(bytes)
      guard let leaf = proof.extra else {
        throw .malformed("expected the entry itself in the line `extra`")
      }
      let cosigners = try proof.verify(entry: leaf, key: key, witnesses: witnesses)
      if let missing = witnesses.first(where: { !cosigners.contains($0) }) {
        throw .unsigned(expected: "the witness `\(missing.name)`")
      }
      return VerdictView(proof, key: key, witnesses: cosigners)
    } catch {
      throw ToolError(.refused, "the proof does not hold: \(error)")
    }
  }
}

/// What was found to hold, and what could not be looked at.
struct VerdictView: PresentableRow {
  static let columns = ["VERDICT", "ENTRIES", "RECORDS", "ERASED", "CONTAINS", "WITNESSES", "HEAD"]

  var verdict = "holds"
  var entries: Int
  var records: Int
  var erased: Int
  /// Size of the kept checkpoint that this log continues.
  var keptSize: Int?
  var witnesses: [String]
  var head: String
  var key: String
  var notChecked: [String] = []

  init(_ verdict: LogExport.Verdict, witnesses: [NoteKey], hasRecords: Bool) {
    let report = verdict.report
    entries = report.size
    records = report.recordCount
    erased = report.erasedCount
    keptSize = report.keptSize
    self.witnesses = Set(witnesses.map(\.name)).sorted()
    head = report.root.description
    key = verdict.key.description
    if report.keptSize == nil {
      notChecked.append(
        "whether history was rewritten or rolled back: no kept checkpoint was given (--checkpoint, --witness)"
      )
    }
    if !verdict.isKeyPinned {
      notChecked.append("whose log it is: the key came with it (--log-key); it is \(verdict.key)")
    }
    if !hasRecords { notChecked.append("names and values: the export has no records") }
  }

  init(_ proof: LogProof, key: NoteKey, witnesses: [NoteKey]) {
    entries = proof.checkpoint.checkpoint.size
    (records, erased) = (0, 0)
    self.witnesses = Set(witnesses.map(\.name)).sorted()
    head = proof.checkpoint.checkpoint.root.description
    self.key = key.description
    verdict = "entry \(proof.index) is in the log"
  }

  var row: [String] {
    [
      verdict, "\(entries)", "\(records)", "\(erased)", keptSize.map { "the kept \($0)" } ?? "",
      witnesses.joined(separator: ","), head,
    ]
  }
}
