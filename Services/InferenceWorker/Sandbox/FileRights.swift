internal import CSandbox
import Glibc

/// Which files a process may reach from now on, where the kernel has landlock(7).
///
/// Rules hold for the calling thread and those that it makes later, so they are set while there is one.
struct FileRights {
  private static let execute: UInt64 = 1 << 0
  private static let readFile: UInt64 = 1 << 2
  private static let readFolder: UInt64 = 1 << 3
  /// Everything that the first version knows.
  private static let ofVersion1: UInt64 = (1 << 13) - 1
  /// Moving files between folders, cutting files, and commands to devices came later.
  private static let ofLater: [(version: Int32, right: UInt64)] = [
    (2, 1 << 13), (3, 1 << 14), (5, 1 << 15),
  ]
  /// What can be done with a file that is no folder.
  private static let ofFiles: UInt64 = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 14
  private static let execution = execute
  private static let network: UInt64 = 1 << 0 | 1 << 1
  private static let networkVersion: Int32 = 4
  /// Signals to other processes, and sockets in the abstract name space.
  private static let scopes: UInt64 = 1 << 0 | 1 << 1
  private static let scopesVersion: Int32 = 6

  /// Files, and folders with all below them, that may be read.
  var readable: [String]
  /// Folders in which files may be made, changed and removed.
  var writable: [String]
  /// Whether TCP is allowed.
  var allowsNetwork: Bool

  /// Whether the kernel has it.
  static var isAvailable: Bool { sandbox_landlock_version() > 0 }

  /// Takes every other right away. What does not exist is left out.
  /// - Throws: `refused`, `threadsAreRunning`.
  func enforce() throws(SandboxError) {
    let threads = Self.threadCount
    guard threads == 1 else { throw .threadsAreRunning(threads) }
    let version = sandbox_landlock_version()
    let handled = Self.ofLater.reduce(Self.ofVersion1) { rights, later in
      version >= later.version ? rights | later.right : rights
    }
    let rules = try Self.checked(
      sandbox_landlock_create(
        handled, allowsNetwork || version < Self.networkVersion ? 0 : Self.network,
        version < Self.scopesVersion ? 0 : Self.scopes), "make rules for files")
    for path in readable {
      try allow(path, rules, file: Self.readFile, folder: Self.readFile | Self.readFolder)
    }
    let change = handled & ~Self.execution
    for path in writable {
      try allow(path, rules, file: change & Self.ofFiles, folder: change)
    }
    try Self.checked(sandbox_give_up_privileges(), "give up new privileges")
    try Self.checked(sandbox_landlock_restrict(rules), "restrict the files it reaches")
  }

  private func allow(
    _ path: String, _ rules: Int32, file: UInt64, folder: UInt64
  ) throws(SandboxError) {
    let result = unsafe sandbox_landlock_allow(rules, path, file, folder)
    if result == -ENOENT || result == -ENOTDIR || result == -EACCES { return }
    guard result >= 0 else {
      close(rules)
      throw .refused(step: "keep its right to `\(path)`", errno: -result)
    }
  }

  /// Threads of this process, the caller's own included.
  private static var threadCount: Int {
    guard let folder = unsafe opendir("/proc/self/task") else { return 1 }
    defer { unsafe closedir(folder) }
    var count = 0
    // Sound: the stream is this function's own, and an entry is not kept.
    while let entry = unsafe readdir(folder) {
      if unsafe entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
    }
    return count
  }

  /// - Throws: `refused` for a negative errno.
  @discardableResult
  static func checked(_ result: Int32, _ step: String) throws(SandboxError) -> Int32 {
    guard result >= 0 else { throw .refused(step: step, errno: -result) }
    return result
  }
}
