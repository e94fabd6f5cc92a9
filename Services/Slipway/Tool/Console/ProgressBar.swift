internal import Synchronization

/// How far something is, on one line that is drawn again and again; nothing at all where nobody looks.
final class ProgressBar: Sendable {
  private static let width = 30

  private let title: String
  private let output: ToolOutput
  private let isVisible: Bool
  private let lastDrawn = Mutex("")

  init(_ title: String, output: ToolOutput, isVisible: Bool) {
    self.title = title
    self.output = output
    self.isVisible = isVisible && output.isComplaintTerminal
  }

  /// - Parameter detail: stands behind the bar, such as `3.1 of 8.0 MB`.
  func update(done: UInt64, of total: UInt64, detail: String) {
    guard isVisible else { return }
    let line = Self.line(title, done: done, of: total, detail: detail)
    let isNew = lastDrawn.withLock { last in
      defer { last = line }
      return last != line
    }
    if isNew { output.complain("\r\u{1b}[K\(line)") }
  }

  func end() {
    guard isVisible, lastDrawn.withLock({ !$0.isEmpty }) else { return }
    output.complain("\r\u{1b}[K")
  }

  static func line(_ title: String, done: UInt64, of total: UInt64, detail: String) -> String {
    let share = total == 0 ? 1 : min(1, Double(done) / Double(total))
    let filled = Int(share * Double(width))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    return "\(title) \(bar) \(Int(share * 100)) % \(detail)"
  }
}
