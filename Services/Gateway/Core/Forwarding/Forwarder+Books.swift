internal import Base
internal import Contracts
internal import RPC
internal import Wire

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
    record(call, ended, status: status, duration: duration, endedAt: endedAt)
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

  // MARK: For the monitor

  func samples(
    _ method: MethodDescriptor, _ head: CallOptions, at time: MonotonicInstant
  ) -> Bool {
    method === Inference.API.modelInfer.descriptor
      && recorder.samples(head.metadata.requestID, nowNanoseconds: time.nanoseconds)
  }

  private func record(
    _ call: ForwardedCall, _ ended: ForwardedCall.State, status: StatusCode, duration: Int64,
    endedAt: MonotonicInstant
  ) {
    guard case .model(let asked) = call.destination,
      call.method === Inference.API.modelInfer.descriptor
    else { return }
    let upstream = ended.worker == nil ? 0 : endedAt.nanoseconds(since: ended.upstreamStartedAt)
    var record = Monitor.CallRecord(
      requestID: String(decoding: call.head.metadata.requestID, as: UTF8.self),
      model: asked.model, version: ended.route?.version ?? 0, keyID: call.holder.id,
      principal: call.holder.principal, worker: ended.worker?.id ?? "",
      status: UInt32(status.rawValue), startedAt: now() - duration,
      duration: UInt64(max(0, duration)), upstream: UInt64(clamping: upstream),
      attempts: UInt32(ended.attempts), requestBytes: UInt64(ended.requestByteCount),
      responseBytes: UInt64(ended.responseByteCount))
    if status == .ok { ended.sample.fill(&record) }
    recorder.spool.append(record)
  }

  /// Tells of a call that ended before a worker was looked for. Calls to what the key may not call, and to
  /// what does not exist, are nobody's.
  func recordRefusal(
    of call: borrowing CallView, on connection: isolated ServerConnection, _ status: StatusCode
  ) {
    guard [.resourceExhausted, .unavailable, .failedPrecondition].contains(status),
      let model = call.model.text(), let (holder, _) = try? caller(of: connection)
    else { return }
    recorder.spool.append(
      Monitor.CallRecord(
        requestID: requestID(of: call), model: model, keyID: holder.id,
        principal: holder.principal, status: UInt32(status.rawValue), startedAt: now(),
        requestBytes: UInt64(call.bodyByteCount), refused: true))
  }

  private func requestID(of call: borrowing CallView) -> String {
    let named = call.requestID.array()
    return String(decoding: named.isEmpty ? nextRequestID() : named, as: UTF8.self)
  }
}

extension ForwardedCall {
  static func part(of reply: borrowing ReplyView) -> Monitor.BodyPart {
    Monitor.BodyPart(
      content: reply.body.array(), byteCount: UInt64(reply.bodyByteCount),
      compressed: reply.flags.contains(.compressed))
  }
}
