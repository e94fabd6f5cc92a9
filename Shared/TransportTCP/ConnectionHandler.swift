internal import NIOCore
internal import RPC
internal import Wire

/// Feeds a channel's bytes to a connection.
///
/// Frames are parsed in place, in the buffer that NIO read into; only a frame that two reads share is
/// copied.
final class ConnectionHandler<Connection: FrameConnection>: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let connection: Connection
  /// What NIO reads into, if it comes here as it was read.
  private let readBuffer: LoopReadBuffer?
  /// `nil` if the loop may sleep after a read as ever.
  private let polled: PolledSocket?
  /// Told of a broken channel, before the connection is told that it is gone.
  private let failed: (any Error) -> Void
  private var tail = ByteBuffer()
  /// Memory that an idle connection keeps of a frame that came in pieces.
  private static var tailBytesKept: Int { 4 * 1024 }
  /// Bytes of a frame that have to be there before room is made for all of it.
  private static var reservedFrom: Int { 64 * 1024 }

  init(
    _ connection: Connection, readBuffer: LoopReadBuffer? = nil, polled: PolledSocket? = nil,
    failed: @escaping (any Error) -> Void = { _ in }
  ) {
    self.connection = connection
    self.readBuffer = readBuffer
    self.polled = polled
    self.failed = failed
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { connection.assumeIsolated { $0.opened() } }
  }

  func channelActive(context: ChannelHandlerContext) {
    connection.assumeIsolated { $0.opened() }
    context.fireChannelActive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    if tail.readableBytes > 0 { completeTail(from: &buffer) }
    if tail.readableBytes == 0 {
      receive(&buffer)
      // A new buffer: appending to the one that NIO reads into would copy all of it.
      if buffer.readableBytes > 0 { tail.writeBuffer(&buffer) }
    }
    readBuffer?.giveBack(buffer)
  }

  /// Takes for the frame at the tail what it lacks and no more: what comes behind is parsed in place.
  private func completeTail(from buffer: inout ByteBuffer) {
    while tail.readableBytes > 0,
      var part = buffer.readSlice(
        length: min(lackingByteCount, buffer.readableBytes)), part.readableBytes > 0
    {
      reserveTail(for: part)
      tail.writeBuffer(&part)
      receive(&tail)
    }
    if tail.readableBytes > 0 {
      tail.discardReadBytes()
    } else if tail.capacity > Self.tailBytesKept {
      tail = ByteBuffer()
    } else {
      tail.clear()
    }
  }

  /// Bytes until more can be said of the tail, as its header says; any number would do.
  private var lackingByteCount: Int {
    guard tail.readableBytes >= WireLimits.headerByteCount,
      let payload = tail.getInteger(
        at: tail.readerIndex, endianness: .little, as: UInt32.self)
    else { return max(1, WireLimits.headerByteCount - tail.readableBytes) }
    let lacking = WireLimits.headerByteCount + Int(payload) - tail.readableBytes
    return lacking > 0 ? lacking : .max
  }

  /// Makes room for all of a large frame at once, where a good part of it is there: growing step by step
  /// would copy what came before each time.
  private func reserveTail(for part: ByteBuffer) {
    let byteCount = tail.readableBytes + part.readableBytes
    guard byteCount > tail.capacity, byteCount >= Self.reservedFrom else { return }
    let lacking = lackingByteCount
    guard lacking <= WireLimits.headerByteCount + WireLimits.framePayloadBytesMax else { return }
    tail.reserveCapacity(tail.readableBytes + lacking)
  }

  private func receive(_ buffer: inout ByteBuffer) {
    let used = connection.takeOnLoop(buffer.readableBytesSpan)
    buffer.moveReaderIndex(forwardBy: used)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    polled?.wasActive()
    if !connection.finishReadOnLoop() { setAutoRead(false, context) }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    connection.assumeIsolated { $0.writable() }
    setAutoRead(true, context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is ConnectionEnding else { return context.fireUserInboundEventTriggered(event) }
    // It may be what is being received just now.
    context.eventLoop.assumeIsolated().execute { self.tail = ByteBuffer() }
  }

  func channelInactive(context: ChannelHandlerContext) {
    polled?.closed()
    connection.assumeIsolated { $0.closed() }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    failed(error)
    // A reset or broken TLS: what else there is to tell, `channelInactive` tells.
    context.close(promise: nil)
  }

  private func setAutoRead(_ isOn: Bool, _ context: ChannelHandlerContext) {
    // A channel that is closing refuses options; it reads no more in any case.
    try? context.channel.syncOptions?.setOption(.autoRead, value: isOn)
  }
}

/// The connection is over for our side, although its channel waits for the peer: what came of a frame is of
/// no use any more.
struct ConnectionEnding {}
