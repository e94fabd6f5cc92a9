/// Who waits until a stream may be written again.
struct CreditWaiters {
  private var waiting: [UInt32: [CheckedContinuation<Void, Never>]] = [:]

  var count: Int { waiting.values.reduce(0) { $0 + $1.count } }

  mutating func add(_ continuation: CheckedContinuation<Void, Never>, on stream: UInt32) {
    waiting[stream, default: []].append(continuation)
  }

  /// They look again whether they may write: on one stream, or on all of them (0).
  mutating func wake(_ stream: UInt32) {
    guard !waiting.isEmpty else { return }
    if stream != 0 {
      for continuation in waiting.removeValue(forKey: stream) ?? [] { continuation.resume() }
    } else {
      let all = waiting
      waiting = [:]
      for continuation in all.values.joined() { continuation.resume() }
    }
  }
}
