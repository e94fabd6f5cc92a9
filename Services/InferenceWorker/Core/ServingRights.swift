internal import Base
internal import Foundation
internal import Trust

/// What a worker keeps when it is confined, from its environment.
package struct ServingRights: Sendable, Equatable {
  /// With less the process can't even make its threads.
  package static let memoryBytesMin: UInt64 = 256 << 20

  package let readable: [String]
  /// The model cache, which workers of one host share.
  package let writable: [String]
  /// Private memory: `SLIPWAY_MEMORY_MAX`, else what the machine has.
  package let memoryBytesMax: UInt64

  /// - Parameter environment: as the process has it; see `ServiceVariable`.
  package init(environment: [String: String]) {
    let state = environment["SLIPWAY_STATE"] ?? ""
    let (keys, role) = ("\(state)/keys", "\(ServiceRole.inferenceWorker)")
    let certificates = environment["SLIPWAY_CERTS"].flatMap { $0.isEmpty ? nil : $0 }
    readable =
      ["\(keys)/\(role).key", "\(keys)/roles.pub", "\(keys)/peers.pub"]
      + [environment["SLIPWAY_TRUST_FILE"] ?? "\(state)/trust.json"]
      + LibrarySearch.folders
      + (certificates.map { folder in
        ["authority.pem", "\(role).pem", "\(role).key"].map { "\(folder)/\($0)" }
      } ?? [])
    writable = [environment["SLIPWAY_CACHE"] ?? "\(state)/cache"]
    memoryBytesMax =
      environment["SLIPWAY_MEMORY_MAX"].flatMap { UInt64($0) }
      ?? ProcessInfo.processInfo.physicalMemory
  }

  /// Confines this process for a worker's life, or ends it: what can't be confined does not serve.
  /// To be called while there is one thread.
  /// - Parameter confine: gives up everything else.
  package static func confine(_ confine: (ServingRights) throws -> Void) {
    do {
      try confine(prepared())
    } catch {
      let complaint = "inference-worker: \(error)\n"
      try? FileHandle.standardError.write(contentsOf: Data(complaint.utf8))
      exit(ServiceExitStatus.settings.rawValue)
    }
  }

  /// Makes what a worker that starts alone would have to make, while it still may: its host's keys and the
  /// cache. Does nothing without a state directory, which the start complains of.
  static func prepared(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> ServingRights {
    let rights = ServingRights(environment: environment)
    guard let state = environment["SLIPWAY_STATE"], !state.isEmpty else { return rights }
    let bound = environment["SLIPWAY_MEMORY_MAX"] ?? ""
    guard bound.isEmpty || UInt64(bound).map({ $0 >= memoryBytesMin }) == true else {
      throw WorkerConfigurationError.invalid(
        "set `SLIPWAY_MEMORY_MAX`: expected a number of bytes from \(memoryBytesMin) on, not "
          + quoted(bound))
    }
    try ServiceKeyFolder(stateDirectory: state).createMissing()
    for folder in rights.writable {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
    return rights
  }
}
