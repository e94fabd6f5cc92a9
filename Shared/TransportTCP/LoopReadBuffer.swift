internal import NIOCore
internal import Wire

/// The memory that the connections of an event loop are read into, one after the other: an idle
/// connection keeps none of it, whatever it has read before.
final class LoopReadBuffer: Sendable {
  /// `nil` while a connection is read.
  private let idle: NIOLoopBoundBox<ByteBuffer?>

  /// Bytes of one read, and the most that a connection is given of a turn: two frames of 128 KiB, so that
  /// of a large body's frames, which follow each other, none is cut and copied.
  private static let byteCount = 2 * (WireLimits.headerByteCount + 128 * 1024)

  init(_ eventLoop: any EventLoop) {
    idle = .makeEmptyBox(valueType: ByteBuffer.self, eventLoop: eventLoop)
  }

  func take(_ allocator: ByteBufferAllocator) -> ByteBuffer {
    guard var buffer = idle.value else { return allocator.buffer(capacity: Self.byteCount) }
    idle.value = nil
    // Takes new memory in the place of what somebody still reads.
    buffer.clear(minimumCapacity: Self.byteCount)
    return buffer
  }

  /// What was read has been used. A buffer of another kind, such as a channel's first, is not taken.
  func giveBack(_ buffer: ByteBuffer) {
    guard buffer.storageCapacity >= Self.byteCount else { return }
    idle.value = buffer
  }
}

/// Has a channel read into its loop's buffer.
struct LoopReadAllocator: RecvByteBufferAllocator {
  private let shared: LoopReadBuffer
  private var readCount = 0

  /// NIO keeps the first buffers of a channel, as many as it reads in a turn, for as long as the channel
  /// lives, and these are all that an idle connection keeps: as long as a handshake needs.
  private static let firstByteCount = 256

  init(_ shared: LoopReadBuffer) {
    self.shared = shared
  }

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    readCount < SocketOptions.readsPerTurn
      ? allocator.buffer(capacity: Self.firstByteCount) : shared.take(allocator)
  }

  /// - Returns: `true`, which has NIO ask for a buffer on each read.
  mutating func record(actualReadBytes: Int) -> Bool {
    if readCount < SocketOptions.readsPerTurn { readCount += 1 }
    return true
  }

  func nextBufferSize() -> Int? { nil }
}

/// Gives the loop its buffer back behind a handler that has used it, such as that of TLS.
final class ReadBufferReturn: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let shared: LoopReadBuffer

  init(_ shared: LoopReadBuffer) {
    self.shared = shared
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.fireChannelRead(data)
    shared.giveBack(unwrapInboundIn(data))
  }
}

extension NIOCore.Channel {
  func readInto(_ shared: LoopReadBuffer) throws {
    try syncOptions?.setOption(.recvAllocator, value: LoopReadAllocator(shared))
  }
}
