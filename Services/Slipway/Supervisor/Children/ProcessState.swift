internal import Foundation

/// What the system says of a process.
enum ProcessState {
  /// Whether a child that nobody has reaped yet has exited.
  static func hasExited(_ process: Int32) -> Bool {
    guard let content = FileManager.default.contents(atPath: "/proc/\(process)/stat") else {
      return true
    }
    // The state follows the name, which stands in parentheses and may hold any byte.
    guard let end = content.lastIndex(of: UInt8(ascii: ")")), end + 2 < content.endIndex else {
      return true
    }
    return [UInt8(ascii: "Z"), UInt8(ascii: "X")].contains(content[end + 2])
  }
}
