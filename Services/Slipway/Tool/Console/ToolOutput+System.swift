internal import Foundation
internal import Glibc

extension ToolOutput {
  /// The process's own standard output and error.
  package static var system: ToolOutput {
    ToolOutput(
      write: { write($0, to: .standardOutput) }, complain: { write($0, to: .standardError) },
      isTerminal: isatty(STDOUT_FILENO) == 1, isComplaintTerminal: isatty(STDERR_FILENO) == 1)
  }

  /// A reader that went away, as `head` does, is no reason to fail.
  private static func write(_ text: String, to file: FileHandle) {
    try? file.write(contentsOf: Data(text.utf8))
  }
}
