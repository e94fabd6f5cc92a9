/// What a peer may ask of us before it has proven anything, and after.
package enum WireLimits {
  /// Bytes of the fixed frame header.
  @inlinable package static var headerByteCount: Int { 16 }
  /// Payload of a frame before the handshake is done: heads of a few hundred bytes.
  @inlinable package static var handshakePayloadBytesMax: Int { 64 * 1024 }
  /// Payload of a frame, on the wire and inflated: large enough that a header costs nothing, small
  /// enough that other streams get their turn.
  @inlinable package static var framePayloadBytesMax: Int { 1024 * 1024 }
  /// Smallest `frame_bytes_max` that a peer may ask for.
  @inlinable package static var framePayloadBytesFloor: Int { 16 * 1024 }
  /// Body bytes of one message over all its frames.
  @inlinable package static var messageBytesMax: Int { 64 * 1024 * 1024 }
}
