internal import NIOCore
internal import RPC
internal import Wire

/// Collects the frames of one read tick in one buffer, and hands it to the socket with one write.
final class ChannelFrameSink: FrameSink {
  private let channel: any NIOCore.Channel
  private let buffers: LoopWriteBuffers
  /// `nil` if the loop may sleep after a write as ever.
  private let polled: PolledSocket?
  /// Empty between two writes.
  private var pending = ByteBuffer()
  /// Something was given to the channel and not flushed.
  private var isHandedOver = false
  private var isClosing = false
  /// Time that a peer has to close its side.
  private static let closeGrace = TimeAmount.seconds(1)

  init(_ channel: any NIOCore.Channel, buffers: LoopWriteBuffers, polled: PolledSocket? = nil) {
    self.channel = channel
    self.buffers = buffers
    self.polled = polled
  }

  func write(_ bytes: [UInt8]) {
    begin(bytes.count)
    pending.writeBytes(bytes)
  }

  func write(_ header: FrameHeader, _ fillPayload: (inout OutputRawSpan) -> Void) {
    let byteCount = WireLimits.headerByteCount + header.payloadByteCount
    begin(byteCount)
    pending.writeWithOutputRawSpan(minimumWritableBytes: byteCount) { output in
      let start = output.byteCount
      header.encode(into: &output)
      fillPayload(&output)
      precondition(output.byteCount - start == byteCount, "a frame is as long as its header says")
    }
  }

  private func begin(_ byteCount: Int) {
    if pending.readableBytes + byteCount > LoopWriteBuffers.byteCountMax { handOver() }
    if pending.readableBytes == 0 { pending = buffers.take(minimumCapacity: byteCount) }
  }

  var bufferedByteCount: Int {
    let inChannel = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    return pending.readableBytes + inChannel
  }

  func flush() {
    handOver()
    guard isHandedOver else { return }
    isHandedOver = false
    channel.flush()
    polled?.wasActive()
  }

  private func handOver() {
    guard pending.readableBytes > 0 else { return }
    let full = pending
    pending = ByteBuffer()
    isHandedOver = true
    channel.write(full, promise: nil)
    buffers.giveBack(full)
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
