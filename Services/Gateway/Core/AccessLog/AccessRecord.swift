package import RPC

/// One call, as the access log tells it.
package struct AccessRecord: Sendable, Hashable {
  /// Nanoseconds since 1970, when the call came in.
  package var startedAtNanoseconds: Int64
  package var requestID: String
  package var keyID: String
  package var method: String
  /// Empty for a method that has no model.
  package var model: String
  /// 0 if no version was chosen.
  package var version: UInt32
  /// Empty if no worker was asked.
  package var worker: String
  package var status: StatusCode
  package var attempts: UInt32
  /// From the request's first byte to the answer's last.
  package var durationNanoseconds: Int64
  /// The part of it spent waiting for workers.
  package var upstreamNanoseconds: Int64
  package var requestBytes: UInt64
  package var responseBytes: UInt64

  package init(
    startedAtNanoseconds: Int64, requestID: String, keyID: String, method: String,
    model: String = "", version: UInt32 = 0, worker: String = "", status: StatusCode = .ok,
    attempts: UInt32 = 0, durationNanoseconds: Int64 = 0, upstreamNanoseconds: Int64 = 0,
    requestBytes: UInt64 = 0, responseBytes: UInt64 = 0
  ) {
    self.startedAtNanoseconds = startedAtNanoseconds
    self.requestID = requestID
    self.keyID = keyID
    self.method = method
    self.model = model
    self.version = version
    self.worker = worker
    self.status = status
    self.attempts = attempts
    self.durationNanoseconds = durationNanoseconds
    self.upstreamNanoseconds = upstreamNanoseconds
    self.requestBytes = requestBytes
    self.responseBytes = responseBytes
  }

  /// What a line usually has at most.
  static let lineByteCountExpected = 448

  /// The call as one line of JSON, newline included.
  func line() -> [UInt8] {
    var line = JSONLine(byteCountExpected: Self.lineByteCountExpected)
    line.add("time_unix_nanoseconds", startedAtNanoseconds)
    line.add("request_id", requestID)
    line.add("key_id", keyID)
    line.add("method", method)
    if !model.isEmpty { line.add("model", model) }
    if version != 0 { line.add("version", Int64(version)) }
    if !worker.isEmpty { line.add("worker", worker) }
    line.add("status", status.logName)
    line.add("attempts", Int64(attempts))
    line.add("duration_nanoseconds", durationNanoseconds)
    line.add("upstream_nanoseconds", upstreamNanoseconds)
    line.add("request_bytes", Int64(clamping: requestBytes))
    line.add("response_bytes", Int64(clamping: responseBytes))
    return line.finish()
  }
}

extension StatusCode {
  /// The name that the code has in logs, such as `resource_exhausted`.
  var logName: String {
    switch self {
    case .ok: "ok"
    case .cancelled: "cancelled"
    case .unknown: "unknown"
    case .invalidArgument: "invalid_argument"
    case .deadlineExceeded: "deadline_exceeded"
    case .notFound: "not_found"
    case .alreadyExists: "already_exists"
    case .permissionDenied: "permission_denied"
    case .resourceExhausted: "resource_exhausted"
    case .failedPrecondition: "failed_precondition"
    case .aborted: "aborted"
    case .outOfRange: "out_of_range"
    case .unimplemented: "unimplemented"
    case .internalError: "internal"
    case .unavailable: "unavailable"
    case .dataLoss: "data_loss"
    case .unauthenticated: "unauthenticated"
    }
  }
}
