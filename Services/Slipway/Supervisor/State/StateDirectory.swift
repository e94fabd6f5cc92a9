internal import Foundation
internal import Trust

/// The one directory in which a suite on one machine keeps everything.
package struct StateDirectory: Sendable, Hashable {
  /// Absolute.
  package let path: String

  package init(path: String) {
    self.path = URL(fileURLWithPath: path).standardizedFileURL.path
  }

  package var trustFile: String { "\(path)/trust.json" }
  package var endpointsFile: String { "\(path)/endpoints.json" }
  package var adminKeyFile: String { "\(path)/admin.key" }
  package var authorityFile: String { "\(path)/authority.pem" }
  package var absentFile: String { "\(path)/absent.json" }
  package var swapsFile: String { "\(path)/swaps.json" }
  package var logs: String { "\(path)/logs" }
  package var cache: String { "\(path)/cache" }
  package var lockFile: String { "\(path)/supervisor.pid" }
  private var gatewayKeyFile: String { "\(path)/gateway/admin.key" }

  /// Makes what is missing: the directory (0700), the services' keys, an empty trust file.
  package func prepare() throws(SupervisorError) {
    do {
      for folder in [path, logs, cache] {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true,
          attributes: [.posixPermissions: 0o700])
      }
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
    } catch {
      throw .stateUnusable(
        path: path, reason: "it could not be made or is not yours: \(error.localizedDescription)")
    }
    do {
      try ServiceKeyFolder(stateDirectory: path).createMissing()
    } catch {
      throw .stateUnusable(path: path, reason: "\(error)")
    }
    if !FileManager.default.fileExists(atPath: trustFile) {
      let empty = "{\n  \"people\" : [],\n  \"version\" : 1\n}\n"
      try FileChange.replace(trustFile, with: Array(empty.utf8), mode: 0o600)
    }
  }

  /// Says where the services are. The file appears only now, and whole: who waits for it finds every
  /// service ready and the first key in `admin.key`.
  ///
  /// - Parameter certificates: the folder whose authority clients need for TLS.
  func publish(
    _ endpoints: [String: String], certificates: String?
  ) throws(SupervisorError) {
    if let certificates,
      let authority = FileManager.default.contents(atPath: "\(certificates)/authority.pem")
    {
      try FileChange.replace(authorityFile, with: [UInt8](authority), mode: 0o600)
    }
    if let key = FileManager.default.contents(atPath: gatewayKeyFile) {
      try FileChange.replace(adminKeyFile, with: [UInt8](key), mode: 0o600)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let content = try? encoder.encode(endpoints) else { return }
    try FileChange.replace(endpointsFile, with: [UInt8](content) + [0x0a], mode: 0o600)
  }

  func unpublish() {
    for file in [endpointsFile, authorityFile, absentFile, swapsFile] {
      try? FileManager.default.removeItem(atPath: file)
    }
  }

  /// Says which workers should run and do not, and why.
  func publish(absent: [AbsentWorker]) throws(SupervisorError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let content = try? encoder.encode(absent) else { return }
    try FileChange.replace(absentFile, with: [UInt8](content) + [0x0a], mode: 0o600)
  }

  /// Workers that should run on the suite here and do not.
  package func absentWorkers() -> [AbsentWorker] {
    FileManager.default.contents(atPath: absentFile).flatMap {
      try? JSONDecoder().decode([AbsentWorker].self, from: $0)
    } ?? []
  }

  /// Says what the last change of versions of each model took of memory.
  func publish(swaps: [SwapWatch.Record]) throws(SupervisorError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let content = try? encoder.encode(swaps) else { return }
    try FileChange.replace(swapsFile, with: [UInt8](content) + [0x0a], mode: 0o600)
  }

  /// The last change of versions of each model, since the suite here has run.
  package func swaps() -> [SwapWatch.Record] {
    FileManager.default.contents(atPath: swapsFile).flatMap {
      try? JSONDecoder().decode([SwapWatch.Record].self, from: $0)
    } ?? []
  }

  /// What `publish` wrote, or nil if no suite is ready here.
  package func endpoints() -> [String: String]? {
    FileManager.default.contents(atPath: endpointsFile).flatMap {
      try? JSONDecoder().decode([String: String].self, from: $0)
    }
  }

  /// The file of the authority that the suite's certificates are of, or nil if it speaks no TLS.
  package func authority() -> String? {
    FileManager.default.fileExists(atPath: authorityFile) ? authorityFile : nil
  }

  /// The first admin key, or nil if there is none.
  package func adminKey() -> String? {
    FileManager.default.contents(atPath: adminKeyFile).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}
