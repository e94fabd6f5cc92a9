internal import Foundation

/// Resident memory of one process.
package struct ProcessMemory: Sendable {
  private let process: Int32

  /// Counts the peak from now on (`proc(5)`, `clear_refs`).
  ///
  /// - Throws: ``StepFailure`` for a process that is not there or is somebody else's.
  package init(of process: Int32) throws(StepFailure) {
    self.process = process
    do {
      let file = try FileHandle(forWritingTo: URL(filePath: "/proc/\(process)/clear_refs"))
      defer { try? file.close() }
      try file.write(contentsOf: Data("5".utf8))
    } catch {
      throw StepFailure("the peak of process \(process) can't be set back: \(error)")
    }
  }

  /// Bytes now.
  package var resident: Int { get throws(StepFailure) { try bytes("VmRSS") } }

  /// The most bytes since this was made.
  package var peak: Int { get throws(StepFailure) { try bytes("VmHWM") } }

  private func bytes(_ name: String) throws(StepFailure) -> Int {
    let status = FileManager.default.contents(atPath: "/proc/\(process)/status") ?? Data()
    let line = String(decoding: status, as: UTF8.self).split(separator: "\n").first {
      $0.hasPrefix("\(name):")
    }
    guard let text = line?.split(whereSeparator: \.isWhitespace).dropFirst().first,
      let kibibytes = Int(text)
    else { throw StepFailure("process \(process) has no `\(name)`: has it ended?") }
    return kibibytes << 10
  }
}
