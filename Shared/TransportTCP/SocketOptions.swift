internal import NIOCore

/// Options that every connection has, on both sides.
enum SocketOptions {
  /// Unsent bytes from which writers wait, and to which they must have sunk before they go on.
  static let waterMark = ChannelOptions.Types.WriteBufferWaterMark(
    low: 512 * 1024, high: 2 * 1024 * 1024)

  /// Grows to a mebibyte for a peer that sends large bodies, and shrinks again.
  static let readBuffer = AdaptiveRecvByteBufferAllocator(
    minimum: 2 * 1024, initial: 16 * 1024, maximum: 1024 * 1024)

  /// How often one connection is read before the loop turns to the others.
  static let readsPerTurn: UInt = 4
}

/// `host:port`, with brackets around an IPv6 host.
enum AddressText {
  static func of(_ address: SocketAddress?) -> String {
    guard let address, let port = address.port, let host = address.ipAddress else { return "" }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  static func isLoopback(_ address: SocketAddress?) -> Bool {
    guard let host = address?.ipAddress else { return false }
    return host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
  }
}
