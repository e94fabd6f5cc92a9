internal import NIOCore
internal import Synchronization

/// Has an event loop look at some of its sockets for a bounded time before it sleeps; see decision 0011.
///
/// A thread that sleeps is woken within some ten microseconds, which is most of what a call on one machine
/// takes. Only the loop's connections that asked for it make it poll, and only shortly after they were
/// read or written; ``PollBudget`` says when it does not pay.
final class LoopPoller: Sendable {
  private struct State {
    var budget = PollBudget()
    /// Those that were active within the window.
    var watched: [PolledSocket] = []
  }

  private let state: NIOLoopBoundBox<State>
  private let probe: any SocketProbe
  /// Jobs that were given to the loop and have not begun. NIO wakes a loop that sleeps, not one that polls.
  private let waitingJobCount = Atomic<Int>(0)

  /// Sockets that one look asks for. A loop with more active ones hardly sleeps.
  private static let watchedMax = 16

  init(_ eventLoop: any EventLoop, probe: any SocketProbe) {
    self.probe = probe
    state = .makeBoxSendingValue(State(), eventLoop: eventLoop)
  }

  /// - Returns: `nil` if the channel has no socket.
  func socket(of channel: any NIOCore.Channel) -> PolledSocket? {
    try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
      of: NIOBSDSocket.Handle.self
    ) { PolledSocket($0, of: channel, poller: self) }
  }

  func wasActive(_ socket: PolledSocket) {
    state.value.budget.wasActive(at: probe.now)
    guard state.value.budget.polls, state.value.watched.count <= Self.watchedMax,
      !state.value.watched.contains(where: { $0 === socket })
    else { return }
    state.value.watched.append(socket)
  }

  func forget(_ socket: PolledSocket) {
    state.value.watched.removeAll { $0 === socket }
  }

  /// A job was given to the loop, by whatever thread.
  func jobWaits() { waitingJobCount.add(1, ordering: .relaxed) }

  /// Jobs begin that ``jobWaits()`` told of.
  func jobsBegin(_ count: Int = 1) { waitingJobCount.subtract(count, ordering: .relaxed) }

  /// The loop has nothing left to do: returns when it has, or when it may as well sleep.
  func pollBeforeSleep() {
    guard state.value.budget.polls else { return }
    let watched = state.value.watched
    guard watched.count <= Self.watchedMax else { return }
    let descriptors = watched.map(\.descriptor)
    var last = probe.now
    var isFirstLook = true
    while waitingJobCount.load(ordering: .relaxed) == 0 {
      if probe.isAnyReadable(descriptors) { return state.value.budget.hit() }
      // NIO waits for room to write as well, and a look does not.
      if isFirstLook, watched.contains(where: \.hasUnsentBytes) { return }
      isFirstLook = false
      probe.yield()
      let now = probe.now
      guard state.value.budget.goesOn(at: now, last: last) else { return endWindow() }
      last = now
    }
  }

  private func endWindow() {
    state.value.watched.removeAll(keepingCapacity: true)
  }
}
