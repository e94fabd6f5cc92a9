/// How many workers one version should have: a pure machine that is told loads and the time, and never
/// asks for either.
///
/// It looks at how long calls are predicted to wait for the engine, which is what callers feel, and at how
/// much of their time the engines compute; never at the processors, which a neighbour may have taken.
/// It goes up fast, by half to double and only when the last step's workers are all there, and down slowly, by
/// one after a time of too little work. The last worker goes when nobody has called for that time, and
/// comes back with the first call.
struct Autoscaler: Sendable {
  struct Bounds: Sendable, Hashable {
    var min: Int
    var max: Int
    /// What calls may wait on average.
    var waitTarget: Duration
    /// Of too little work before a worker goes.
    var idle: Duration
  }

  /// What one worker said of the time since it last did.
  struct Report: Sendable, Hashable {
    var calls: UInt64
    /// Of these calls, those that were refused for the wait that they had before them.
    var refused: UInt64
    /// The mean of what its calls were predicted to wait.
    var wait: Duration
    /// Share of its engine's time that was computed, 0 to 1.
    var busy: Double
    /// Calls that wait or run now.
    var present: Int
  }

  struct Step: Sendable, Hashable {
    var replicas: Int
    /// For the log.
    var reason: String
  }

  /// Workers say what they do every 2 s; one that is silent for this long says nothing any more.
  static let reportAge = Duration.seconds(7)
  /// Between two steps up: new workers must have had time to take their part, and to say so.
  static let settle = Duration.seconds(5)
  /// Workers are enough if they compute no more than this share of their time.
  static let busyTarget = 0.7
  /// From this share of refused calls on there are too few workers, however short the queues are kept.
  static let refusedShareMax = 0.01
  /// Calls that wait for a worker count for so long; a gateway says it again.
  static let demandAge = Duration.seconds(5)

  private struct Known: Sendable {
    var report: Report
    var at: Duration
  }

  private var known: [String: Known] = [:]
  private var calls: UInt64 = 0
  private var refused: UInt64 = 0
  /// Seconds that all calls were predicted to wait together.
  private var waited = 0.0
  private var demandedAt: Duration?
  private var lastCallAt: Duration
  private var slackSince: Duration?
  private var steppedAt: Duration?

  /// - Parameter now: on any clock that never jumps; so are all times here.
  init(now: Duration) {
    lastCallAt = now
  }

  /// A worker renewed its lease.
  mutating func reported(_ worker: String, _ report: Report, now: Duration) {
    known[worker] = Known(report: report, at: now)
    calls += report.calls
    refused += report.refused
    waited += Self.seconds(report.wait) * Double(report.calls)
    if report.calls > 0 || report.present > 0 { lastCallAt = now }
  }

  /// Calls wait for a worker of a version that has none.
  mutating func demanded(now: Duration) {
    demandedAt = now
    lastCallAt = now
  }

  /// What to change, if anything.
  ///
  /// - Parameters:
  ///   - current: workers that are wanted now.
  ///   - live: ids of those that serve.
  mutating func decide(
    current: Int, live: Set<String>, bounds: Bounds, now: Duration
  ) -> Step? {
    known = known.filter { live.contains($0.key) && now - $0.value.at <= Self.reportAge }
    let allowed = min(max(current, bounds.min), bounds.max)
    if allowed != current {
      return step(to: allowed, "expected \(bounds.min) to \(bounds.max) workers", now)
    }
    if current == 0 {
      let isWanted = demandedAt.map { now - $0 <= Self.demandAge } ?? false
      return isWanted ? step(to: 1, "calls wait for a worker", now) : nil
    }
    if let up = stepUp(current: current, live: live.count, bounds, now) { return up }
    return stepDown(current: current, live: live.count, bounds, now)
  }

  private mutating func stepUp(
    current: Int, live: Int, _ bounds: Bounds, _ now: Duration
  ) -> Step? {
    guard calls > 0 else { return nil }
    let mean = waited / Double(calls)
    let target = Self.seconds(bounds.waitTarget)
    let refusedShare = Double(refused) / Double(calls)
    // While some of the wanted ones are not there yet, the queues say nothing of the whole.
    let isSettled = live >= current && steppedAt.map { now - $0 >= Self.settle } ?? true
    guard isSettled else {
      forgetCalls()
      return nil
    }
    defer { forgetCalls() }
    guard current < bounds.max, mean > target || refusedShare > Self.refusedShareMax else {
      return nil
    }
    let factor = min(2, max(1.5, mean / target))
    let next = min(bounds.max, max(current + 1, Int((Double(current) * factor).rounded(.up))))
    let why =
      mean > target
      ? "calls wait \(Self.milliseconds(mean)) ms for the engine, expected \(Self.milliseconds(target))"
      : "\(refused) of \(calls) calls were refused for the wait before them"
    return step(to: next, why, now)
  }

  private mutating func stepDown(
    current: Int, live: Int, _ bounds: Bounds, _ now: Duration
  ) -> Step? {
    if bounds.min == 0, now - lastCallAt >= bounds.idle {
      return step(to: 0, "nobody has called for \(bounds.idle.components.seconds) s", now)
    }
    let busy = known.values.reduce(0) { $0 + $1.report.busy }
    let needed = max(1, bounds.min, Int((busy / Self.busyTarget).rounded(.up)))
    // A worker that says nothing may be the one that has all the work.
    guard needed < current, known.count == live else {
      slackSince = nil
      return nil
    }
    let since = slackSince ?? now
    slackSince = since
    guard now - since >= bounds.idle else { return nil }
    return step(to: current - 1, "\(needed) of \(current) workers have been enough", now)
  }

  private mutating func step(to replicas: Int, _ reason: String, _ now: Duration) -> Step {
    slackSince = nil
    demandedAt = nil
    steppedAt = now
    forgetCalls()
    return Step(replicas: replicas, reason: reason)
  }

  private mutating func forgetCalls() {
    calls = 0
    refused = 0
    waited = 0
  }

  private static func seconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return Double(seconds) + Double(attoseconds) * 1e-18
  }

  private static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }
}
