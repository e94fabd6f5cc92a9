internal import NIOCore

/// The memory that the connections of an event loop write into, one after the other: most reads lead to one
/// short write, which the socket takes at once.
final class LoopWriteBuffers: Sendable {
  private let idle: NIOLoopBoundBox<[ByteBuffer]>

  /// From this size on, what was written goes to the channel, and what follows into another buffer: one
  /// that grew would be copied.
  static let byteCountMax = 256 * 1024
  /// 1 MiB for each loop.
  private static let keptCountMax = 4

  init(_ eventLoop: any EventLoop) {
    idle = .makeBoxSendingValue([], eventLoop: eventLoop)
  }

  func take(minimumCapacity: Int) -> ByteBuffer {
    var buffer = idle.value.popLast() ?? ByteBuffer()
    // Takes new memory in the place of what a socket has not taken yet.
    buffer.clear(minimumCapacity: minimumCapacity)
    return buffer
  }

  /// What was written has been handed to a channel, which may keep it for as long as it likes.
  func giveBack(_ buffer: ByteBuffer) {
    // What is larger was one large message.
    guard idle.value.count < Self.keptCountMax, buffer.storageCapacity <= 2 * Self.byteCountMax
    else { return }
    idle.value.append(buffer)
  }
}
