import AuditLog
import ContentGovernorCore
import Foundation

/// Writes until it is killed, and afterwards looks for what was acknowledged.
enum Writing {
  private static let callers = 8

  /// Says `NUMBER PLACE` of each entry, once it is acknowledged. Every eleventh is appended twice.
  static func write(_ log: LogKeeper, seed: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for caller in 0..<callers {
        group.addTask {
          for number in stride(from: caller, to: 1 << 40, by: callers) {
            let entry = try LoadEntry.make(number, seed: seed)
            let places: [Int]
            do {
              places = try await log.append(number % 11 == 0 ? [entry, entry] : [entry])
            } catch {
              // A disk that fails now may do later; whoever asked is told and asks again.
              FileHandle.standardError.write(Data("refused: \(error)\n".utf8))
              continue
            }
            guard Set(places).count == 1 else {
              throw LogLoad.Failure("\(number) is in the log twice")
            }
            FileHandle.standardOutput.write(Data("\(number) \(places[0])\n".utf8))
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Reads `NUMBER PLACE` lines from standard input: each entry must be where it was said to be, and
  /// appending it again must not add it.
  static func check(_ log: LogKeeper, seed: Int) async throws {
    let size = log.size
    var acknowledged = 0
    while let line = readLine() {
      // The last line may have been cut off by the kill.
      let parts = line.split(separator: " ").compactMap { Int($0) }
      guard parts.count == 2 else { continue }
      let entry = try LoadEntry.make(parts[0], seed: seed)
      let places = try await log.append([entry])
      guard places == [parts[1]], parts[1] < size else {
        throw LogLoad.Failure(
          "entry \(parts[0]) was acknowledged at \(parts[1]) and is at \(places)")
      }
      acknowledged += 1
    }
    guard log.size == size else { throw LogLoad.Failure("entries were added twice") }
    LogLoad.say(["acknowledged": Double(acknowledged), "entries": Double(size)])
  }
}

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
}
