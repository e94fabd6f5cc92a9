internal import NIOCore

/// The socket of a connection that asked its loop to poll. Used on the loop only.
final class PolledSocket: Sendable {
  let descriptor: CInt
  private let channel: any NIOCore.Channel
  private let poller: LoopPoller

  init(_ descriptor: CInt, of channel: any NIOCore.Channel, poller: LoopPoller) {
    self.descriptor = descriptor
    self.channel = channel
    self.poller = poller
  }

  /// The connection was read or written.
  func wasActive() { poller.wasActive(self) }

  /// The connection is gone, and its descriptor may become another's.
  func closed() { poller.forget(self) }

  /// The peer is behind: not its next message is waited for, but room for ours.
  var hasUnsentBytes: Bool {
    ((try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0) > 0
  }
}
