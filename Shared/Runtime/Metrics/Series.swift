internal import CoreMetrics
internal import Synchronization

/// One time series: a metric with one set of labels.
final class Series: CounterHandler, FloatingPointCounterHandler, RecorderHandler, MeterHandler,
  TimerHandler
{
  enum Kind: Sendable {
    case counter
    case gauge
    case histogram([Double])

    var typeName: String {
      switch self {
      case .counter: "counter"
      case .gauge: "gauge"
      case .histogram: "histogram"
      }
    }
  }

  /// OpenTelemetry's advice for `rpc.server.call.duration`, with two finer steps below: a hop is faster.
  static let secondBuckets = [
    0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5,
    10,
  ]
  static let sizeBuckets: [Double] = [
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576,
    4_194_304,
  ]

  private struct Values {
    var value = 0.0
    var count: UInt64 = 0
    var buckets: [UInt64] = []
  }

  let name: String
  let labels: String
  let kind: Kind
  private let values: Mutex<Values>

  init(name: String, labels: String, kind: Kind) {
    self.name = name
    self.labels = labels
    self.kind = kind
    var values = Values()
    if case .histogram(let bounds) = kind {
      values.buckets = [UInt64](repeating: 0, count: bounds.count)
    }
    self.values = Mutex(values)
  }

  func increment(by amount: Int64) { add(Double(amount)) }
  func increment(by amount: Double) { add(amount) }
  func decrement(by amount: Double) { add(-amount) }
  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { values.withLock { $0.value = value } }
  func record(_ value: Int64) { record(Double(value)) }
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func reset() {
    values.withLock { values in
      values.value = 0
      values.count = 0
      for index in values.buckets.indices { values.buckets[index] = 0 }
    }
  }

  func record(_ value: Double) {
    guard case .histogram(let bounds) = kind else { return set(value) }
    values.withLock { values in
      values.value += value
      values.count += 1
      if let bucket = bounds.firstIndex(where: { value <= $0 }) { values.buckets[bucket] += 1 }
    }
  }

  private func add(_ amount: Double) {
    values.withLock { $0.value += amount }
  }

  var isUnusedHistogram: Bool {
    guard case .histogram = kind else { return false }
    return values.withLock { $0.count == 0 }
  }

  func lines() -> [String] {
    let now = values.withLock { $0 }
    guard case .histogram(let bounds) = kind else {
      return ["\(name)\(labels) \(PrometheusText.number(now.value))"]
    }
    let inner = labels.dropFirst().dropLast()
    func bucketLabels(_ bound: String) -> String {
      inner.isEmpty ? "{le=\"\(bound)\"}" : "{\(inner),le=\"\(bound)\"}"
    }
    var total: UInt64 = 0
    var lines: [String] = []
    for (bound, count) in zip(bounds, now.buckets) {
      total += count
      lines.append("\(name)_bucket\(bucketLabels(PrometheusText.number(bound))) \(total)")
    }
    lines.append("\(name)_bucket\(bucketLabels("+Inf")) \(now.count)")
    lines.append("\(name)_sum\(labels) \(PrometheusText.number(now.value))")
    lines.append("\(name)_count\(labels) \(now.count)")
    return lines
  }
}
