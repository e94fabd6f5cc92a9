internal import Base
internal import Metrics

/// The counters of Triton's `/metrics` (docs/user_guide/metrics.md of triton-inference-server/server):
/// per model and version, durations in microseconds and cumulative over requests.
struct TritonMetrics: Sendable {
  private let success: Counter
  private let failed: Counter
  private let rejectedCalls: Counter
  private let droppedCalls: Counter
  private let inferences: Counter
  private let executions: Counter
  private let requestTime: Counter
  private let queueTime: Counter
  private let inputTime: Counter
  private let inferTime: Counter
  private let outputTime: Counter
  private let pendingCalls: Gauge

  init(_ labels: [(String, String)]) {
    func counter(_ name: String, _ more: [(String, String)] = []) -> Counter {
      Counter(label: name, dimensions: labels + more)
    }
    success = counter("nv_inference_request_success")
    failed = counter("nv_inference_request_failure", [("reason", "BACKEND")])
    rejectedCalls = counter("nv_inference_request_failure", [("reason", "REJECTED")])
    droppedCalls = counter("nv_inference_request_failure", [("reason", "CANCELED")])
    inferences = counter("nv_inference_count")
    executions = counter("nv_inference_exec_count")
    requestTime = counter("nv_inference_request_duration_us")
    queueTime = counter("nv_inference_queue_duration_us")
    inputTime = counter("nv_inference_compute_input_duration_us")
    inferTime = counter("nv_inference_compute_infer_duration_us")
    outputTime = counter("nv_inference_compute_output_duration_us")
    pendingCalls = Gauge(label: "nv_inference_pending_request_count", dimensions: labels)
  }

  func rejected() { rejectedCalls.increment() }
  func dropped() { droppedCalls.increment() }
  func pending(_ waiting: Int) { pendingCalls.record(waiting) }

  /// - Parameter waited: nanoseconds that the calls have waited together.
  func ran(
    _ times: RunTimes, rows: Int, calls: Int, answered: Int, waited: UInt64, hasFailed: Bool
  ) {
    executions.increment()
    guard !hasFailed else {
      if answered > 0 { failed.increment(by: answered) }
      return
    }
    success.increment(by: answered)
    inferences.increment(by: rows)
    // As Triton does, each request counts the whole time of the batch that it was in.
    let each = UInt64(calls)
    let join = times.joinedAt.nanoseconds(since: times.startedAt)
    let infer = times.computedAt.nanoseconds(since: times.joinedAt)
    let split = times.endedAt.nanoseconds(since: times.computedAt)
    queueTime.increment(by: Self.microseconds(waited))
    inputTime.increment(by: Self.microseconds(join * each))
    inferTime.increment(by: Self.microseconds(infer * each))
    outputTime.increment(by: Self.microseconds(split * each))
    requestTime.increment(by: Self.microseconds(waited + (join + infer + split) * each))
  }

  private static func microseconds(_ nanoseconds: UInt64) -> Int64 {
    Int64(clamping: nanoseconds / 1000)
  }
}
