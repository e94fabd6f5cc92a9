import Foundation
import Testing

@testable import Trust

@Suite struct FileLockTests {
  private func withPath(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.path + "/lock-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  @Test func `a lock that is held names its holder, and is free once it is released`() throws {
    try withPath { path in
      let lock = try FileLock.acquire(path)
      #expect(throws: FileLock.Refusal.held(processID: getpid())) { try FileLock.acquire(path) }
      lock.release()
      try FileLock.acquire(path).release()
    }
  }

  @Test func `what an earlier process left in the file is replaced`() throws {
    try withPath { path in
      try "1234567890\nand more".write(toFile: path, atomically: false, encoding: .utf8)
      let lock = try FileLock.acquire(path)
      defer { lock.release() }
      #expect(throws: FileLock.Refusal.held(processID: getpid())) { try FileLock.acquire(path) }
    }
  }

  @Test func `a file that is not there is made only on demand`() throws {
    try withPath { path in
      #expect(throws: FileLock.Refusal.self) { try FileLock.acquire(path, isMade: false) }
      #expect(!FileManager.default.fileExists(atPath: path))
      try FileLock.acquire(path).release()
      #expect(FileManager.default.fileExists(atPath: path))
    }
  }
}
