internal import Base

/// How long calls will wait, by what was measured.
extension BatchQueue {
  /// How long a call that comes now would wait for an instance; 0 before anything was measured.
  func waitNanoseconds(now: MonotonicInstant) -> UInt64 {
    guard freeInstances == 0 || waitingTotal > 0, let row = latencies.rowNanoseconds else {
      return 0
    }
    let rows = lanes.reduce(0) { $0 + $1.rows }
    let left = running.values.reduce(0) {
      Self.sum($0, $1.expectedEnd.nanoseconds(since: now))
    }
    return Self.sum(left, Self.product(row, UInt64(rows))) / UInt64(limits.instances)
  }

  /// Refuses a call that can't be answered in time.
  mutating func checkTime(of call: Call, now: MonotonicInstant) throws(QueueRefusal) {
    guard call.deadline != .distantFuture else { return }
    let left = call.deadline.nanoseconds(since: now)
    let isAlone = running.isEmpty && waitingTotal == 0
    let table = isAlone && limits.hasWideInstance ? wideLatencies : latencies
    guard
      let alone = table.nanoseconds(rows: call.rows, magnitude: call.magnitude)
        ?? latencies.nanoseconds(rows: call.rows, magnitude: call.magnitude)
    else { return }
    guard alone <= left else {
      // Measurements of a bad moment must not keep out the calls that would correct them.
      latencies.doubt(magnitude: call.magnitude)
      wideLatencies.doubt(magnitude: call.magnitude)
      throw .tooShort(needed: .nanoseconds(Int64(clamping: alone)))
    }
    guard freeInstances == 0 || waitingTotal > 0 else { return }
    var need = nanosecondsUntilAnswer(
      to: call, before: lanes.map { $0.rowsAt[call.level...].reduce(0, +) }, now: now)
    if need > left, shares.count > 1 {
      // Turns are shared among callers: not all that came before goes before.
      var before = [Int](repeating: 0, count: lanes.count)
      for other in calls.values {
        guard case .waiting = other.place, other.turn <= call.turn else { continue }
        before[other.lane] += other.rows
      }
      need = min(need, nanosecondsUntilAnswer(to: call, before: before, now: now))
    }
    guard need <= left else {
      throw .wouldExpire(
        predictedWait: .nanoseconds(Int64(clamping: need)),
        retryAfter: Self.retry(after: need - left))
    }
  }

  /// Until an instance is free for the call's batch, and has run it.
  ///
  /// - Parameter before: rows that go before it, for each lane.
  private func nanosecondsUntilAnswer(
    to call: Call, before: [Int], now: MonotonicInstant
  ) -> UInt64 {
    var work: UInt64 = 0
    var own = call.rows
    for (lane, rows) in before.enumerated() where rows > 0 {
      let magnitude = lanes[lane].magnitude
      let batchMax = lane == 0 ? 1 : limits.rowsMax
      var batches = rows / batchMax
      let rest = rows % batchMax
      if lane == call.lane, lane != 0, rest + call.rows <= batchMax {
        own = rest + call.rows
      } else if rest > 0 {
        batches += 1
      }
      let each = latencies.nanoseconds(rows: min(rows, batchMax), magnitude: magnitude) ?? 0
      work = Self.sum(work, Self.product(each, UInt64(batches)))
    }
    let compute = latencies.nanoseconds(rows: own, magnitude: call.magnitude) ?? 0
    let left = running.values.map { $0.expectedEnd.nanoseconds(since: now) }
    let until: UInt64
    if hasWideRun {
      until = Self.sum(left.max() ?? 0, work / UInt64(limits.instances))
    } else if work == 0 {
      until = freeInstances > 0 ? 0 : left.min() ?? 0
    } else {
      until = left.reduce(work, Self.sum) / UInt64(limits.instances)
    }
    return Self.sum(until, compute)
  }

  /// Until half of those that wait have gone: coming back for the first free place would find it
  /// taken by the others that were refused.
  var retryAfterFull: Duration {
    guard let row = latencies.rowNanoseconds else { return Self.retryAfterUnmeasured }
    let half = UInt64(waitingTotal + 1) / 2
    return Self.retry(after: Self.product(row, half) / UInt64(limits.instances))
  }

  static func retry(after nanoseconds: UInt64) -> Duration {
    min(
      max(.nanoseconds(Int64(clamping: nanoseconds)), retryAfterRange.lowerBound),
      retryAfterRange.upperBound)
  }

  private static func sum(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }

  private static func product(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? .max : product
  }
}
