package import CoreMetrics
internal import Synchronization

/// swift-metrics' backend: keeps every series in memory and writes them as Prometheus text.
///
/// Counters end in `_total` unless they have another server's names, timers are histograms in seconds, recorders with aggregation are histograms in
/// their own unit: the label says the unit. No library for this is to be had for Swift without another
/// HTTP stack beside it, and it is 150 lines.
package final class PrometheusFactory: MetricsFactory {
  /// Series kept at once; later ones are counted as dropped, so that a label that grows without bound
  /// can't take the memory.
  static let seriesMax = 10_000

  /// Triton's names, which its users' dashboards ask for, are kept as they are.
  private static let foreignPrefix = "nv_"

  private struct State {
    var series: [String: Series] = [:]
    var dropped: Int64 = 0
  }

  private let state = Mutex(State())

  package init() {}

  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    let isWhole = label.hasSuffix("_total") || label.hasPrefix(Self.foreignPrefix)
    return series(isWhole ? label : label + "_total", .counter, dimensions)
  }

  package func makeFloatingPointCounter(
    label: String, dimensions: [(String, String)]
  ) -> any FloatingPointCounterHandler {
    series(label.hasSuffix("_total") ? label : label + "_total", .counter, dimensions)
  }

  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    series(label, aggregate ? .histogram(Series.sizeBuckets) : .gauge, dimensions)
  }

  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, .gauge, dimensions)
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, .histogram(Series.secondBuckets), dimensions)
  }

  package func destroyCounter(_ handler: any CounterHandler) { remove(handler) }
  package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
    remove(handler)
  }
  package func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }
  package func destroyMeter(_ handler: any MeterHandler) { remove(handler) }
  package func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

  /// Every series, grouped by metric and sorted.
  package func text() -> String {
    let (all, dropped) = state.withLock { state in
      // A histogram that has seen nothing says nothing: every method has one for every status.
      (state.series.values.filter { !$0.isUnusedHistogram }, state.dropped)
    }
    var lines: [String] = []
    for (name, family) in Dictionary(grouping: all, by: \.name).sorted(by: { $0.key < $1.key }) {
      guard let first = family.first else { continue }
      lines.append("# HELP \(name) \(MetricHelp.text(of: name))")
      lines.append("# TYPE \(name) \(first.kind.typeName)")
      for series in family.sorted(by: { $0.labels < $1.labels }) { lines += series.lines() }
    }
    let name = "slipway_metric_series_dropped_total"
    lines += [
      "# HELP \(name) Series over the limit of this process.", "# TYPE \(name) counter",
      "\(name) \(dropped)",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func series(
    _ label: String, _ kind: Series.Kind, _ dimensions: [(String, String)]
  ) -> Series {
    let name = PrometheusText.name(label)
    let labels = PrometheusText.labels(dimensions)
    return state.withLock { state in
      if let known = state.series[name + labels] { return known }
      let new = Series(name: name, labels: labels, kind: kind)
      if state.series.count < Self.seriesMax {
        state.series[name + labels] = new
      } else {
        state.dropped += 1
      }
      return new
    }
  }

  private func remove(_ handler: Any) {
    guard let series = handler as? Series else { return }
    state.withLock { _ = $0.series.removeValue(forKey: series.name + series.labels) }
  }
}

/// What a metric means, for those who read `/metrics`.
package enum MetricHelp {
  private static let texts = Mutex<[String: String]>([:])

  /// Call at start, once for each metric.
  package static func set(_ text: String, for name: String) {
    texts.withLock { $0[PrometheusText.name(name)] = text }
  }

  static func text(of name: String) -> String {
    texts.withLock { $0[name] ?? $0[String(name.dropLast("_total".count))] }
      ?? name.replacing("_", with: " ") + "."
  }
}
