import Foundation
import Testing
import Trust

@testable import ServiceRuntime

@Suite struct StateFolderTests {
  @Test func `a service's folder is one process's, which a second one is told of`() throws {
    let state = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: state) }
    let settings = try ServiceSettings(role: .registry, environment: ["SLIPWAY_STATE": state])
    let first = try settings.claimFolder(of: .registry)
    let error = #expect(throws: StateFolderInUse.self) {
      try settings.claimFolder(of: .registry)
    }
    let process = ProcessInfo.processInfo.processIdentifier
    #expect(
      error?.description.hasPrefix(
        "`\(state)/registry` is in use by another registry, process \(process): ") == true)
    // Another service of the same suite has a folder of its own.
    try settings.claimFolder(of: .gateway).release()
    first.release()
    try settings.claimFolder(of: .registry).release()
  }
}
