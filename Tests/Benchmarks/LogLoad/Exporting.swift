import AuditLog
import ContentGovernorCore
import Foundation

/// Writes a log as files, as the person's tool does through the gateway.
enum Exporting {
  static func run(_ log: LogKeeper, to folder: String) async throws {
    let checkpoint = try log.checkpoint()
    func write(_ bytes: [UInt8], _ path: String) throws {
      let file = URL(fileURLWithPath: folder).appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(bytes).write(to: file)
    }
    try write(checkpoint.bytes, LogExport.checkpointFile)
    try write(Array("\(log.key)\n".utf8), LogExport.keyFile)
    for path in LogExport.paths(size: checkpoint.checkpoint.size) {
      try write(try await log.tile(path), path.text)
    }
  }

  /// Verifies an export as `slipway audit verify` does.
  static func verify(_ folder: String, runs: Int) throws {
    let root = URL(fileURLWithPath: folder)
    let export = LogExport { path in
      (try? Data(contentsOf: root.appending(path: path))).map { [UInt8]($0) }
    }
    for hasRecords in [false, true] {
      var times: [Double] = []
      var size = 0
      for _ in 0..<runs {
        let begun = ContinuousClock.now
        size = try export.verify(key: nil, kept: [], witnesses: [], hasRecords: hasRecords)
          .report.size
        times.append(begun.duration(to: .now) / .seconds(1))
      }
      LogLoad.say([
        "entries": Double(size), "seconds": times.sorted()[runs / 2],
        "with_records": hasRecords ? 1 : 0,
      ])
    }
  }
}
