internal import Foundation
internal import SystemPackage

/// A log file that is renamed to `NAME.1` when it is full, so that two files bound what is kept.
///
/// What can't be written is dropped: a full disk must not stop a service.
struct RotatingLog {
  private let path: FilePath
  private let bytesMax: Int
  private var file: FileDescriptor?
  private var byteCount = 0

  init(path: String, bytesMax: Int) {
    self.path = FilePath(path)
    self.bytesMax = bytesMax
  }

  mutating func append(_ line: String) {
    let bytes = Array("\(line)\n".utf8)
    if file != nil, byteCount + bytes.count > bytesMax { rotate() }
    if file == nil { open() }
    guard let file else { return }
    do {
      try file.writeAll(bytes)
      byteCount += bytes.count
    } catch {
      close()
    }
  }

  mutating func close() {
    try? file?.close()
    file = nil
  }

  private mutating func open() {
    guard
      let opened = try? FileDescriptor.open(
        path, .writeOnly, options: [.create, .append, .closeOnExec, .noFollow],
        permissions: [.ownerReadWrite])
    else { return }
    file = opened
    byteCount = Int((try? opened.seek(offset: 0, from: .end)) ?? 0)
    if byteCount > bytesMax { rotate() }
  }

  private mutating func rotate() {
    close()
    let old = path.string + ".1"
    try? FileManager.default.removeItem(atPath: old)
    try? FileManager.default.moveItem(atPath: path.string, toPath: old)
    if let opened = try? FileDescriptor.open(
      path, .writeOnly, options: [.create, .truncate, .append, .closeOnExec, .noFollow],
      permissions: [.ownerReadWrite])
    {
      file = opened
      byteCount = 0
    }
  }
}
