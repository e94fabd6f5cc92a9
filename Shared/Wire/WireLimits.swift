/// What a peer may ask of us before it has proven anything, and after.
package enum WireLimits {
  /// Bytes of the fixed frame header.
  package static let headerByteCount = 16
  /// Payload of a frame before the handshake is done: heads of a few hundred bytes.
  package static let handshakePayloadBytesMax = 64 * 1024
  /// Payload of a frame, on the wire and inflated: large enough that a header costs nothing, small
  /// enough that other streams get their turn.
  package static let framePayloadBytesMax = 1024 * 1024
  /// Smallest `frame_bytes_max` that a peer may ask for.
  package static let framePayloadBytesFloor = 16 * 1024
  /// Body bytes of one message over all its frames.
  package static let messageBytesMax = 64 * 1024 * 1024
}
