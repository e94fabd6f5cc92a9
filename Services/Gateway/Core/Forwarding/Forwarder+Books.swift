internal import Base
internal import RPC

/// What is noted of a forwarded call when it has ended.
extension Forwarder {
  /// What is kept for calls, in words; nothing when every call has ended.
  package var leftovers: [String] {
    var found: [String] = []
    if held.size != .none { found.append("held: \(held.size)") }
    let outstanding = routes.loads.outstandingCount
    if outstanding != 0 { found.append("\(outstanding) calls counted as out") }
    for loop in states {
      if loop.unfinished.count > 0 { found.append("\(loop.unfinished.count) unfinished requests") }
      if loop.unrouted.count > 0 { found.append("\(loop.unrouted.count) calls without a worker") }
    }
    return found
  }

  func record(
    _ call: ForwardedCall, _ ended: ForwardedCall.State, status: StatusCode,
    endedAt: MonotonicInstant
  ) {
    let duration = Int64(clamping: endedAt.nanoseconds(since: call.receivedAt))
    var model = ""
    var version: UInt32 = 0
    if case .model(let asked) = call.destination, let route = ended.route {
      model = asked.model
      version = route.version
      latency.record(
        versionSlot: route.versionSlot, nanoseconds: duration, failed: status != .ok,
        stripe: call.loop.stripe)
      usage.add(
        UsageCount(
          requests: 1, failures: status == .ok ? 0 : 1,
          requestBytes: UInt64(ended.requestByteCount),
          responseBytes: UInt64(ended.responseByteCount),
          durationNanoseconds: UInt64(max(0, duration))),
        to: UsageCell(keyID: call.holder.id, model: model), stripe: call.loop.stripe)
    }
    accessLog.append(
      AccessRecord(
        startedAtNanoseconds: now() - duration,
        requestID: String(decoding: call.head.metadata.requestID, as: UTF8.self),
        keyID: call.holder.id, method: call.method.name, model: model, version: version,
        worker: ended.worker?.id ?? "", status: status, attempts: UInt32(ended.attempts),
        durationNanoseconds: duration,
        upstreamNanoseconds: Int64(
          clamping: endedAt.nanoseconds(since: ended.upstreamStartedAt)),
        requestBytes: UInt64(ended.requestByteCount),
        responseBytes: UInt64(ended.responseByteCount)))
  }
}
