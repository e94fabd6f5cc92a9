internal import Crypto
internal import Foundation
internal import Synchronization
internal import Trust

/// A file on its way into the cache. No other worker writes to it: were it shared, bytes could change
/// after they were hashed. So a fetch that broke off is resumed from a copy of what it left.
///
/// Used by one task at a time; every call blocks on the disk.
final class PartFile: Sendable {
  private struct State {
    var hash = SHA256()
    var byteCount: UInt64 = 0
    var handle: FileHandle
  }

  private let file: VersionFile
  private let place: URL
  private let folder: URL
  private let state: Mutex<State>

  /// - Parameter resumes: begins with the longest rest of an earlier fetch.
  /// - Throws: `cache`.
  init(of file: VersionFile, in folder: URL, resumes: Bool) throws(LoadError) {
    self.file = file
    self.folder = folder
    place = folder.appending(path: "\(file.digest.hex).\(UUID().uuidString)")
    let rest = resumes ? Self.longestRest(of: file, in: folder) : nil
    guard
      FileManager.default.createFile(
        atPath: place.path, contents: nil, attributes: [.posixPermissions: 0o600])
    else { throw .cache(path: place.path, reason: "the file can't be made") }
    do {
      state = Mutex(State(handle: try FileHandle(forWritingTo: place)))
    } catch {
      throw .cache(path: place.path, reason: error.localizedDescription)
    }
    if let rest { try copy(rest) }
  }

  var byteCount: UInt64 { state.withLock { $0.byteCount } }

  /// - Throws: `cache`; the file then ends at an unknown place and is of no further use.
  func append(_ bytes: [UInt8]) throws(LoadError) {
    try append(Data(bytes))
  }

  /// Checks the content and moves the file to its place.
  /// - Throws: `contentDiffers`, after which nothing is left of it; `cache`.
  func finish(as final: URL) throws(LoadError) {
    let hash = state.withLock { $0.hash }
    let digest = try FileDigester.digest(hash, of: place)
    guard digest == file.digest else {
      removeRests()
      throw .contentDiffers(path: file.path, expected: file.digest, actual: digest)
    }
    do {
      try state.withLock { state in
        try state.handle.synchronize()
        try state.handle.close()
      }
      let files = FileManager.default
      try files.setAttributes([.posixPermissions: 0o444], ofItemAtPath: place.path)
      // Another worker may have been faster; what is there is hashed when it is opened.
      if !files.fileExists(atPath: final.path) { try files.moveItem(at: place, to: final) }
    } catch  where FileManager.default.fileExists(atPath: final.path) {
      // It was faster between the question and the move.
    } catch {
      throw .cache(path: place.path, reason: error.localizedDescription)
    }
    removeRests()
  }

  private func append(_ piece: Data) throws(LoadError) {
    do {
      try state.withLock { state in
        try state.handle.write(contentsOf: piece)
        state.hash.update(data: piece)
        state.byteCount += UInt64(piece.count)
      }
    } catch {
      throw .cache(path: place.path, reason: error.localizedDescription)
    }
  }

  /// Copies what an earlier fetch left, which may be taken away by another worker meanwhile.
  private func copy(_ rest: URL) throws(LoadError) {
    do throws(LoadError) {
      try FileDigester.read(rest) { piece in
        let room = file.byteCount - byteCount
        try append(piece.prefix(Int(clamping: room)))
      }
    } catch  where !FileManager.default.fileExists(atPath: rest.path) {
      // Taken away: go on from what was copied.
    }
  }

  /// Rests of this file by any worker. One that still writes notices when it finishes.
  private func removeRests() {
    for rest in Self.rests(of: file, in: folder) {
      try? FileManager.default.removeItem(at: rest)
    }
  }

  private static func rests(of file: VersionFile, in folder: URL) -> [URL] {
    let found = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.fileSizeKey])
    return (found ?? []).filter { $0.lastPathComponent.hasPrefix(file.digest.hex + ".") }
  }

  private static func longestRest(of file: VersionFile, in folder: URL) -> URL? {
    rests(of: file, in: folder)
      .map { (place: $0, size: (try? $0.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
      .filter { $0.size > 0 }
      .max { $0.size < $1.size }?.place
  }
}
