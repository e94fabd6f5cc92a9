internal import Metrics

/// What a worker tells of itself: one object a metric, made once.
package struct WorkerMetrics: Sendable {
  private let requests: Counter
  private let failures: Counter
  private let refusals: Counter
  private let drops: [DropCause: Counter]
  private let queueDepth: Gauge
  private let inFlight: Gauge
  private let queueWait: Metrics.Timer
  private let computeDuration: Metrics.Timer

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
    queueDepth = Gauge(label: "slipway_worker_queue_depth_calls", dimensions: labels)
    inFlight = Gauge(label: "slipway_worker_in_flight_calls", dimensions: labels)
    queueWait = Timer(label: "slipway_worker_queue_wait_seconds", dimensions: labels)
    computeDuration = Timer(label: "slipway_worker_compute_duration_seconds", dimensions: labels)
  }

  /// A call came; it may be refused yet.
  func called() { requests.increment() }

  /// A call was not admitted.
  func refused() { refusals.increment() }

  /// The engine failed on a call.
  func failed() { failures.increment() }

  /// A call never reached the engine, or was ended in it.
  func dropped(_ cause: DropCause) { drops[cause]?.increment() }

  func load(waiting: Int, running: Int) {
    queueDepth.record(waiting)
    inFlight.record(running)
  }

  /// From admission to the engine.
  func waited(nanoseconds: UInt64) { queueWait.recordNanoseconds(Int64(clamping: nanoseconds)) }

  /// In the engine.
  func computed(nanoseconds: UInt64) {
    computeDuration.recordNanoseconds(Int64(clamping: nanoseconds))
  }
}
