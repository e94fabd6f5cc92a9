internal import ArgumentParser
internal import AuditLog
internal import Contracts
internal import Foundation

struct AuditExport: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write the whole log as files that anybody can verify.",
    discussion: """
      The layout is C2SP tlog-tiles: `checkpoint`, `tile/…`. Beside it stand `log.vkey`, the log's key, \
      and `records/…`: names, reasons and values with what opens the log's commitments to them. Without \
      the folder `records` the export names nobody and may be published.
      """)

  @OptionGroup var connection: ConnectionOptions
  @Argument(help: "Folder to write to; made if it is not there.", completion: .directory)
  var folder: String
  @Flag(help: "Leave out names, reasons and values.")
  var withoutRecords = false

  func run() async throws {
    let session = try await connection.session()
    let answer = try await session.call(
      TransparencyLog.API.getCheckpoint, TransparencyLog.GetCheckpointRequest())
    let checkpoint = try ToolError.reading("the log's checkpoint") { () throws(NoteError) in
      try SignedCheckpoint(answer.checkpoint)
    }
    let place = AuditFolder(folder)
    let size = checkpoint.checkpoint.size
    var count = 0
    for path in LogExport.paths(size: size) where !(withoutRecords && path.kind == .records) {
      try place.write(try await session.tile(path), to: path.text)
      count += 1
    }
    place.removeOutgrown(size: size)
    for (number, witnessed) in answer.witnessed.enumerated() {
      try place.write(witnessed, to: "witnessed/\(number)")
    }
    try place.write(Array("\(answer.key)\n".utf8), to: LogExport.keyFile)
    // Last, so that an export which was broken off has none, or an older one.
    try place.write(answer.checkpoint, to: LogExport.checkpointFile)
    session.present(
      ExportView(
        folder: folder, entries: size, files: count, head: checkpoint.checkpoint.root.description,
        key: answer.key))
    session.note("next: slipway audit verify \(folder)")
  }
}

private struct ExportView: PresentableRow {
  static let columns = ["FOLDER", "ENTRIES", "FILES", "HEAD", "KEY"]
  var folder: String
  var entries: Int
  var files: Int
  var head: String
  var key: String
  var row: [String] { [folder, "\(entries)", "\(files)", head, key] }
}

extension Session {
  /// The bytes of a tile or a bundle.
  func tile(_ path: TilePath) async throws(ToolError) -> [UInt8] {
    var request = TransparencyLog.ReadTileRequest(
      index: UInt64(path.index), width: UInt32(path.width))
    switch path.kind {
    case .hashes(let level): (request.kind, request.level) = ("hashes", UInt32(level))
    case .entries: request.kind = "entries"
    case .records: request.kind = "records"
    }
    return try await call(TransparencyLog.API.readTile, request).content
  }
}
