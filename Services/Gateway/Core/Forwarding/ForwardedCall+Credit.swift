internal import RPC
internal import Synchronization

/// Answers go on as fast as the caller takes them: the worker gets its credit back only then, so that a
/// caller who does not read stops its own calls, at the worker, and fills nothing here.
extension ForwardedCall {
  /// A frame of the answer has been passed on.
  func passedOn(_ creditCost: Int, from upstream: isolated ClientConnection) {
    state.withLock { $0.owedToWorker += creditCost }
    payWorker(upstream)
  }

  /// The caller takes more again.
  func writable(on connection: isolated ServerConnection) {
    state.withLock { $0.upstream }?.assumeIsolated { payWorker($0) }
  }

  private func payWorker(_ upstream: isolated ClientConnection) {
    let mustWait = caller.assumeIsolated { caller in
      let mustWait = caller.mustWait(stream)
      if mustWait { caller.awaitWritable(stream) }
      return mustWait
    }
    guard !mustWait else { return }
    let (owed, upstreamStream) = state.withLock { state in
      defer { state.owedToWorker = 0 }
      return (state.owedToWorker, state.upstreamStream)
    }
    upstream.giveCreditBack(owed, on: upstreamStream)
    upstream.flushSoon()
  }
}
