internal import NIOCore
internal import RPC
internal import Wire

/// Collects the frames of one read tick in one buffer, and hands it to the socket with one write.
final class ChannelFrameSink: FrameSink {
  private let channel: any NIOCore.Channel
  private var pending: ByteBuffer
  /// Bytes of the write before: the next one is likely to be as long.
  private var latestByteCount = 0
  private var isClosing = false
  private static let reservedBytesMax = 256 * 1024
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
    let byteCount = WireLimits.headerByteCount + header.payloadByteCount
    if pending.capacity == 0 {
      pending.reserveCapacity(max(byteCount, min(latestByteCount, Self.reservedBytesMax)))
    }
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
    guard pending.readableBytes > 0 else { return }
    let full = pending
    latestByteCount = full.readableBytes
    pending = channel.allocator.buffer(capacity: 0)
    channel.writeAndFlush(full, promise: nil)
  }

  func close() {
    guard !isClosing else { return }
    isClosing = true
    flush()
    channel.pipeline.fireUserInboundEventTriggered(ConnectionEnding())
    // Closing at once, with bytes of the peer unread, would reset the connection, and the go-away just
    // written might be lost. So only our side ends; the peer's end, or the time, closes the rest.
    channel.close(mode: .output, promise: nil)
    channel.eventLoop.assumeIsolated().scheduleTask(in: Self.closeGrace) { [channel] in
      channel.close(mode: .all, promise: nil)
    }
  }
}
