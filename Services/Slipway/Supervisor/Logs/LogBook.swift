internal import Synchronization

/// Where the lines of every process go: the console with a prefix, and a file for each.
package final class LogBook: Sendable {
  /// Bytes of one log file; two of them are kept for each process.
  package static let fileBytesMax = 16 * 1024 * 1024

  private let folder: String
  private let prefix: LinePrefix
  private let fileBytesMax: Int
  private let console: @Sendable (String) -> Void
  private let files = Mutex<[String: RotatingLog]>([:])

  /// - Parameters:
  ///   - folder: an existing folder.
  ///   - console: takes whole lines without their end.
  package init(
    folder: String, prefix: LinePrefix, fileBytesMax: Int = LogBook.fileBytesMax,
    console: @escaping @Sendable (String) -> Void
  ) {
    self.folder = folder
    self.prefix = prefix
    self.fileBytesMax = fileBytesMax
    self.console = console
  }

  /// - Parameters:
  ///   - name: names the file, `FOLDER/NAME.log`.
  ///   - label: stands before the line on the console.
  package func write(_ line: String, of name: String, label: String) {
    files.withLock { files in
      files[name, default: RotatingLog(path: "\(folder)/\(name).log", bytesMax: fileBytesMax)]
        .append(name == label ? line : "\(label) \(line)")
      // Under the lock, so that the lines of two processes never mix.
      console(prefix.line(label, line))
    }
  }
}
