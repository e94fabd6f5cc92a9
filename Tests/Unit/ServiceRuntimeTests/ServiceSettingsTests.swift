import Foundation
import Testing
import Trust

@testable import ServiceRuntime

@Suite struct ServiceSettingsTests {
  @Test(
    "a wrong setting is named with what was expected",
    arguments: [
      ([:], "set `SLIPWAY_STATE`: expected the state directory"),
      (["SLIPWAY_STATE": "s", "SLIPWAY_LISTEN": "127.0.0.1:99999"], "`host:port`, not"),
      (["SLIPWAY_STATE": "s", "SLIPWAY_LOG_LEVEL": "loud"], "`warning`, `error`"),
      (["SLIPWAY_STATE": "s", "SLIPWAY_LOG_FORMAT": "xml"], "`text` or `json`, not `xml`"),
    ])
  func wrong(environment: [String: String], expected: String) {
    let error = #expect(throws: SettingsError.self) {
      try ServiceSettings(role: .monitor, environment: environment)
    }
    #expect(error?.description.contains(expected) == true)
  }

  @Test("an address of another service that is none is named", arguments: ["bogus", "h:", ":1"])
  func address(text: String) throws {
    let settings = try ServiceSettings(
      role: .gateway, environment: ["SLIPWAY_STATE": "s", "SLIPWAY_REGISTRY": text])
    let error = #expect(throws: SettingsError.self) { try settings.address(of: .registry) }
    #expect(error?.description.contains("`SLIPWAY_REGISTRY`") == true)
    #expect(error?.description.contains("not `\(text)`") == true)
  }

  @Test("a state directory that can't be one is a wrong setting", arguments: ["/proc/x", "file"])
  func state(path: String) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: false)
    #expect(FileManager.default.createFile(atPath: "\(folder)/file", contents: nil))
    let settings = try ServiceSettings(
      role: .monitor,
      environment: ["SLIPWAY_STATE": path.hasPrefix("/") ? path : "\(folder)/\(path)"])
    #expect(throws: SettingsError.self) { try settings.prepareStateDirectory() }
    let good = try ServiceSettings(
      role: .monitor, environment: ["SLIPWAY_STATE": "\(folder)/a/b"])
    try good.prepareStateDirectory()
    #expect(FileManager.default.fileExists(atPath: "\(folder)/a/b"))
  }
}
