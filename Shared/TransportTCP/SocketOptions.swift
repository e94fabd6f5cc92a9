internal import NIOCore

/// Options of connections.
enum SocketOptions {
  /// Unsent bytes from which a channel counts as not writable, and to which they must have sunk before it
  /// tells a server's connection that its writers may go on.
  ///
  /// Half of what lets writers wait: that is counted with the bytes not yet handed to the channel, and
  /// whichever half is the larger, the channel then passes this mark. Otherwise it would not tell.
  static func waterMark(
    bufferedBytesHigh: Int
  ) -> ChannelOptions.Types.WriteBufferWaterMark {
    let high = max(4, bufferedBytesHigh / 2)
    return ChannelOptions.Types.WriteBufferWaterMark(low: high / 4, high: high)
  }

  /// How often one connection is read before the loop turns to the others. Once: a second read nearly
  /// always finds nothing, and costs a system call to say so.
  static let readsPerTurn: UInt = 1
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
