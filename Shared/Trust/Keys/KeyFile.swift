import Foundation
import Glibc
import SystemPackage

/// Files that hold secrets or decide on trust: created whole or not at all, read only when safe.
package enum KeyFile {
  /// Far above any key or list of role keys.
  static let lengthMaxBytes = 1 << 20

  /// Who else than the owner a file must be closed to before it is read.
  package enum Exposure: Sendable {
    case secret
    case trusted
  }

  /// Writes a new file of mode 0600; it is on disk, under its name, whole, when this returns.
  ///
  /// The bytes go to a new file beside it that is then linked to its name, which fails if the name
  /// is taken: a crash never leaves half a key, and of two writers one wins.
  package static func create(_ path: String, _ content: [UInt8]) throws(KeyError) {
    let draft = try writeDraft(path, content)
    defer { try? FileManager.default.removeItem(atPath: draft) }
    do {
      try FileManager.default.linkItem(atPath: draft, toPath: path)
    } catch {
      if FileManager.default.fileExists(atPath: path) { throw .fileExists(path: path) }
      throw .inputOutput(path: path, reason: error.localizedDescription)
    }
    try synchronizeFolder(of: path)
  }

  /// Reads a file after looking at its type and mode, through one descriptor, so that no one can
  /// swap it in between.
  package static func read(_ path: String, exposure: Exposure) throws(KeyError) -> [UInt8] {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(
        FilePath(path), .readOnly, options: [.noFollow, .closeOnExec, .nonBlocking])
    } catch {
      throw openFault(path, error)
    }
    defer { try? file.close() }
    do {
      let status = try file.stat()
      guard status.type == .regular else { throw KeyError.notAFile(path: path) }
      let mode = status.permissions.rawValue & 0o777
      let spelling = "0" + String(mode, radix: 8)
      switch exposure {
      case .secret where mode & 0o077 != 0:
        throw KeyError.fileOpenToOthers(path: path, mode: spelling)
      case .trusted where mode & 0o022 != 0:
        throw KeyError.fileWritableByOthers(path: path, mode: spelling)
      default: break
      }
      let handle = FileHandle(fileDescriptor: file.rawValue, closeOnDealloc: false)
      let content = try handle.read(upToCount: lengthMaxBytes + 1) ?? Data()
      guard content.count <= lengthMaxBytes else {
        throw KeyError.malformed("expected `\(path)` to hold at most \(lengthMaxBytes) bytes")
      }
      return [UInt8](content)
    } catch let error as KeyError {
      throw error
    } catch {
      throw .inputOutput(path: path, reason: "\(error)")
    }
  }

  /// Makes the names in the folder of `path` durable.
  static func synchronizeFolder(of path: String) throws(KeyError) {
    let folder = FilePath(path).removingLastComponent()
    do {
      let descriptor = try FileDescriptor.open(
        folder.isEmpty ? "." : folder, .readOnly, options: [.directory, .closeOnExec])
      defer { try? descriptor.close() }
      guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    } catch {
      throw .inputOutput(path: folder.string, reason: "\(error)")
    }
  }

  private static func writeDraft(_ path: String, _ content: [UInt8]) throws(KeyError) -> String {
    let draft = "\(path).\(Hexadecimal.encode(randomBytes(8))).draft"
    do {
      let file = try FileDescriptor.open(
        FilePath(draft), .writeOnly,
        options: [.create, .exclusiveCreate, .noFollow, .closeOnExec],
        permissions: [.ownerRead, .ownerWrite])
      do {
        try file.writeAll(content)
        guard fsync(file.rawValue) == 0 else { throw Errno(rawValue: errno) }
        try file.close()
      } catch {
        try? file.close()
        try? FileManager.default.removeItem(atPath: draft)
        throw error
      }
    } catch {
      throw openFault(path, error)
    }
    return draft
  }

  private static func openFault(_ path: String, _ error: any Error) -> KeyError {
    switch error as? Errno {
    case .noSuchFileOrDirectory: .fileMissing(path: path)
    case .tooManySymbolicLinkLevels: .notAFile(path: path)
    default: .inputOutput(path: path, reason: "\(error)")
    }
  }
}

/// Bytes from the system's random generator.
func randomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
}
