import AuditLog
import Contracts
import Foundation

@testable import MonitorCore

/// A monitor on a real database in a folder of its own.
final class MonitorHouse: Sendable {
  static let model = "loans"
  static let ada = AuditReference(.principal, "ada")
  static let second: Int64 = 1_000_000_000
  static let day: Int64 = 86_400 * second
  /// 2026-11-23, as far as anybody here knows.
  static let start: Int64 = 1_795_000_000 * second

  let folder: String
  let limits: MonitorLimits
  let service: MonitorService

  init(limits: MonitorLimits = MonitorLimits()) async throws {
    folder = NSTemporaryDirectory() + "monitor-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.limits = limits
    service = try await MonitorService.open(
      Self.configuration(folder, limits), now: { MonitorHouse.start })
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  static func configuration(_ folder: String, _ limits: MonitorLimits) -> MonitorConfiguration {
    var configuration = MonitorConfiguration(folder: folder, recordDays: 100, payloadDays: 10)
    configuration.limits = limits
    return configuration
  }

  /// The same folder after a restart of the monitor.
  func reopened(at now: Int64 = MonitorHouse.start) async throws -> MonitorService {
    try await service.close()
    return try await MonitorService.open(Self.configuration(folder, limits), now: { now })
  }

  /// Keeps calls with these inputs `x` and answers `probabilities`, a second apart.
  @discardableResult
  func keep(
    _ rows: [(x: [Double], probabilities: [Double])], version: UInt32 = 1, prefix: String = "r",
    at start: Int64 = MonitorHouse.start, key: String = "k1", to service: MonitorService? = nil
  ) async throws -> UInt32 {
    let records = rows.enumerated().map { index, row in
      Self.record(
        "\(prefix)\(index)", version: version, at: start + Int64(index) * Self.second, key: key,
        x: row.x, probabilities: row.probabilities)
    }
    return try await (service ?? self.service).records.record(.init(records: records)).added
  }

  /// A call as a gateway tells it.
  static func record(
    _ id: String, version: UInt32 = 1, at time: Int64 = MonitorHouse.start, key: String = "k1",
    status: UInt32 = 0, x: [Double] = [], probabilities: [Double] = []
  ) -> Monitor.CallRecord {
    var record = Monitor.CallRecord(
      requestID: id, model: model, version: version, keyID: key, principal: "ada", worker: "w",
      status: status, startedAt: time, duration: 5_000_000, upstream: 4_000_000, attempts: 1)
    guard !x.isEmpty else { return record }
    let request = Inference.ModelInferRequest(
      modelName: model,
      inputs: [
        .init(
          name: "x", datatype: "FP64", shape: [1, Int64(x.count)], contents: .init(fp64Contents: x))
      ])
    let response = Inference.ModelInferResponse(
      outputs: [
        .init(
          name: "probabilities", datatype: "FP64", shape: [1, Int64(probabilities.count)],
          contents: .init(fp64Contents: probabilities))
      ])
    record.request = [part(request.encodedBytes())]
    record.response = [part(response.encodedBytes())]
    return record
  }

  static func part(_ bytes: [UInt8]) -> Monitor.BodyPart {
    Monitor.BodyPart(content: bytes, byteCount: UInt64(bytes.count))
  }

  static func window(
    since: Int64 = 0, until: Int64 = 0, rows: UInt32 = 0, segment: String = "", version: UInt32 = 0
  ) -> Monitor.Window {
    Monitor.Window(
      model: model, version: version, since: since, until: until, rowsMax: rows, segment: segment)
  }
}
