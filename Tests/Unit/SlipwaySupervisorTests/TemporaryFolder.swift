import Foundation

/// A folder that is gone when the test is over.
enum TemporaryFolder {
  static func with<Result>(_ use: (String) throws -> Result) throws -> Result {
    let path = try make()
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try use(path)
  }

  static func with<Result>(_ use: (String) async throws -> Result) async throws -> Result {
    let path = try make()
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await use(path)
  }

  private static func make() throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/slipway-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    return path
  }
}
