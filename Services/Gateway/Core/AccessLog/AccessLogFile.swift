internal import Foundation

/// The access log on disk: lines of JSON, in two files of bounded size.
actor AccessLogFile {
  /// Bytes from which the file becomes `access.log.1`, in the place of an older one.
  static let byteCountMax: UInt64 = 64 << 20

  private let path: String
  private var handle: FileHandle?

  init(path: String) {
    self.path = path
  }

  /// Lines that can't be written are dropped, all of them: a full disk must not stop calls, and no
  /// reader shall find half a line.
  func append(_ lines: [UInt8]) {
    if handle == nil { open() }
    guard let handle, let start = try? handle.offset() else { return }
    do {
      try handle.write(contentsOf: Data(lines))
    } catch {
      try? handle.truncate(atOffset: start)
      return
    }
    if start + UInt64(lines.count) > Self.byteCountMax { rotate() }
  }

  private func open() {
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(
        atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    }
    handle = FileHandle(forWritingAtPath: path)
    _ = try? handle?.seekToEnd()
  }

  private func rotate() {
    try? handle?.close()
    handle = nil
    try? FileManager.default.removeItem(atPath: path + ".1")
    try? FileManager.default.moveItem(atPath: path, toPath: path + ".1")
  }
}
