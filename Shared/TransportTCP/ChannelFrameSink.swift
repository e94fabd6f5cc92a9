internal import NIOCore
internal import RPC
internal import Wire

/// Collects the frames of one read tick in one buffer, and hands it to the socket with one write.
final class ChannelFrameSink: FrameSink {
  private let channel: any NIOCore.Channel
  private var pending: ByteBuffer
  private var isClosing = false
  /// Time that a peer has to close its side.
  private static let closeGrace = TimeAmount.seconds(1)

  init(_ channel: any NIOCore.Channel) {
    self.channel = channel
    pending = channel.allocator.buffer(capacity: 0)
  }

  func write(_ bytes: [UInt8]) {
    pending.writeBytes(bytes)
  }

  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    channel.eventLoop.assertInEventLoop()
    let byteCount = WireLimits.headerByteCount + header.payloadByteCount
    pending.writeWithOutputRawSpan(minimumWritableBytes: byteCount) { output in
      let start = output.byteCount
      header.encode(into: &output)
      fillPayload(&output)
      precondition(output.byteCount - start == byteCount, "a frame is as long as its header says")
    }
  }

  var bufferedByteCount: Int {
    let inChannel = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    return pending.readableBytes + inChannel
  }

  func flush() {
    channel.eventLoop.assertInEventLoop()
    guard pending.readableBytes > 0 else { return }
    let full = pending
    pending = channel.allocator.buffer(capacity: 0)
    channel.writeAndFlush(full, promise: nil)
  }

  func close() {
    guard !isClosing else { return }
    isClosing = true
    flush()
    // Closing at once, with bytes of the peer unread, would reset the connection, and the go-away just
    // written might be lost. So only our side ends; the peer's end, or the time, closes the rest.
    channel.close(mode: .output, promise: nil)
    channel.eventLoop.assumeIsolated().scheduleTask(in: Self.closeGrace) { [channel] in
      channel.close(mode: .all, promise: nil)
    }
  }
}
