internal import Base
internal import Metrics

/// What a worker tells of itself: one object a metric, made once. Those that begin with `nv_` have
/// Triton's names and meanings, for the dashboards that people have.
package struct WorkerMetrics: Sendable {
  private let requests: Counter
  private let failures: Counter
  private let refusals: Counter
  private let drops: [DropCause: Counter]
  private let wastes: [WasteCause: FloatingPointCounter]
  private let queueDepth: Gauge
  private let inFlight: Gauge
  private let queueWait: Metrics.Timer
  private let computeDuration: Metrics.Timer
  private let batchRows: Recorder
  private let batchCalls: Recorder
  private let memoryBytes: Gauge
  private let triton: TritonMetrics

  /// - Parameter model: name and version of what the worker serves, for the labels.
  package init(model: String = "", version: UInt32 = 0) {
    let labels = [("model", model), ("version", "\(version)")]
    requests = Counter(label: "slipway_worker_requests_total", dimensions: labels)
    failures = Counter(label: "slipway_worker_failures_total", dimensions: labels)
    refusals = Counter(label: "slipway_worker_refused_total", dimensions: labels)
    drops = Dictionary(
      uniqueKeysWithValues: DropCause.allCases.map { cause in
        let counter = Counter(
          label: "slipway_worker_dropped_total", dimensions: labels + [("cause", cause.rawValue)])
        return (cause, counter)
      })
    wastes = Dictionary(
      uniqueKeysWithValues: WasteCause.allCases.map { cause in
        let counter = FloatingPointCounter(
          label: "slipway_worker_wasted_compute_seconds_total",
          dimensions: labels + [("cause", cause.rawValue)])
        return (cause, counter)
      })
    queueDepth = Gauge(label: "slipway_worker_queue_depth_calls", dimensions: labels)
    inFlight = Gauge(label: "slipway_worker_in_flight_calls", dimensions: labels)
    queueWait = Timer(label: "slipway_worker_queue_wait_seconds", dimensions: labels)
    computeDuration = Timer(label: "slipway_worker_compute_duration_seconds", dimensions: labels)
    batchRows = Recorder(label: "slipway_worker_batch_rows", dimensions: labels, aggregate: true)
    batchCalls = Recorder(label: "slipway_worker_batch_calls", dimensions: labels, aggregate: true)
    memoryBytes = Gauge(label: "slipway_worker_memory_bytes", dimensions: labels)
    triton = TritonMetrics(labels)
  }

  /// Proportional set size of the process.
  func memory(_ bytes: UInt64) { memoryBytes.record(Int64(clamping: bytes)) }

  /// A call came; it may be refused yet.
  func called() { requests.increment() }

  /// A call was not admitted.
  func refused() {
    refusals.increment()
    triton.rejected()
  }

  /// A call never reached the engine, or was given up while it was in it.
  func dropped(_ cause: DropCause) {
    drops[cause]?.increment()
    triton.dropped()
  }

  /// Calls that wait.
  func pending(_ waiting: Int) {
    queueDepth.record(waiting)
    triton.pending(waiting)
  }

  func load(waiting: Int, running: Int) {
    pending(waiting)
    inFlight.record(running)
  }

  /// The engine has run once.
  ///
  /// - Parameters:
  ///   - waits: when each of its calls was admitted.
  ///   - answered: calls that the run's result goes to.
  func ran(
    _ times: RunTimes, rows: Int, waits: [MonotonicInstant], answered: Int, hasFailed: Bool,
    wasted: [WasteCause: UInt64]
  ) {
    var waited: UInt64 = 0
    for admittedAt in waits {
      let nanoseconds = times.startedAt.nanoseconds(since: admittedAt)
      waited += nanoseconds
      queueWait.recordNanoseconds(Int64(clamping: nanoseconds))
    }
    computeDuration.recordNanoseconds(
      Int64(clamping: times.computedAt.nanoseconds(since: times.joinedAt)))
    batchRows.record(rows)
    batchCalls.record(waits.count)
    for (cause, nanoseconds) in wasted { wastes[cause]?.increment(by: Double(nanoseconds) / 1e9) }
    if hasFailed, answered > 0 { failures.increment(by: answered) }
    triton.ran(
      times, rows: rows, calls: waits.count, answered: answered, waited: waited,
      hasFailed: hasFailed)
  }
}
