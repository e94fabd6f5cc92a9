internal import Base
internal import Synchronization
internal import Wire

/// Signs of life of the server.
extension ClientConnection {
  /// While calls are under way, a server that says nothing is asked whether it is there.
  func watchServer() {
    lookForServer(at: watch.start(at: loop.now))
  }

  private func lookForServer(at instant: MonotonicInstant) {
    loop.schedule(at: instant) { [weak self] in
      self?.assumeIsolated { $0.findOutAboutServer() }
    }
  }

  private func findOutAboutServer() {
    if case .closed = state { return }
    // A server that takes in a long request over a slow network has nothing to say meanwhile.
    let unsent = sink.bufferedByteCount
    if unsent < unsentAtLook { watch.hasHeard = true }
    unsentAtLook = unsent
    defer { suspicion.store(watch.isAsking, ordering: .relaxed) }
    switch watch.look(isWaiting: calls.count > 0, at: loop.now) {
    case .rest: break
    case .look(let next): lookForServer(at: next)
    case .ask(let next):
      writeControl(.ping, head: [])
      sink.flush()
      lookForServer(at: next)
    case .giveUp:
      close(
        RPCError(.unavailable, "nothing was heard of the server, and it did not answer a ping"))
    }
  }
}
