internal import NIOCore

/// Looks at the first bytes of a server that is called without TLS: one that wants TLS answers with an
/// alert, and what our protocol would make of that tells nobody what to do.
final class TLSAlertWatch: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let found: () -> Void

  /// - Parameter found: called at most once, before the channel closes.
  init(found: @escaping () -> Void) {
    self.found = found
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if Self.isAlert(unwrapInboundIn(data)) {
      found()
      context.close(promise: nil)
    } else {
      context.fireChannelRead(data)
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
  }

  /// A TLS record of the type alert, of TLS 1.0 to 1.3 (RFC 8446, section 5.1). As the start of one of our
  /// frames it would be a welcome of more than 64 KiB, which no server sends.
  private static func isAlert(_ bytes: ByteBuffer) -> Bool {
    guard let start = bytes.getBytes(at: bytes.readerIndex, length: 3) else { return false }
    return start[0] == 21 && start[1] == 3 && (1...4).contains(start[2])
  }
}
