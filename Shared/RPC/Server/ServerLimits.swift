internal import Wire

/// What a server gives to its peers together and each.
package struct ServerLimits: Sendable, Hashable {
  /// Connections at once. More are closed as they come, unless handshakes can give way to them.
  package var connectionsMax = 16_384
  /// Connections at once of one principal, whatever the number of its keys.
  package var connectionsPerPrincipalMax = 1_024
  /// Connections at once of one address whose handshake is not done: whoever knocks has no key to count by.
  package var handshakesPerSourceMax = 1_024
  /// Calls of one connection that have begun and not ended; more are refused with `resourceExhausted`.
  package var callsPerConnectionMax = 4_096
  /// Time from connect to ready, after which a silent peer is closed.
  package var handshakeTimeout = Duration.seconds(5)
  /// Unsent bytes of a connection above which its streams wait and its reads stop.
  package var bufferedBytesHigh = 4 * 1024 * 1024
  /// Assertions that one connection may keep at once.
  package var assertionSlotsMax = 4_096
  /// Body bytes of the requests of one connection that are not whole, not read or not answered; a frame
  /// that would make it more ends its call with `resourceExhausted`.
  package var heldBytesMax = 2 * WireLimits.messageBytesMax
  /// The same for all connections together, of which a request of one frame takes but is not refused
  /// for: nobody's unfinished ones keep it out. A compressed part costs its sender next to nothing. Over
  /// it, whoever has most is refused, or loses a connection to the others.
  package var heldBytesTotalMax = 8 * WireLimits.messageBytesMax
  /// Bytes of frames of which a part has come, and of answers that are not taken, of all connections
  /// together. Over it, whoever has most loses a connection.
  package var keptBytesTotalMax = 8 * WireLimits.messageBytesMax
  /// Bytes of answers that wait for credit of one connection; a peer that lets them become more loses it.
  package var waitingBytesMax = WireLimits.messageBytesMax * 2
  /// Time that a drained connection stays open for the peer to close it, so that calls which cross the
  /// go-away are refused by name and not lost.
  package var drainLinger = Duration.seconds(1)
  /// Time without a call after which a connection is closed, with a go-away: below the 350 s after which
  /// common load balancers and address translators forget a silent connection.
  package var idleTimeout = Duration.seconds(300)
  /// When a peer that waits for answers and says nothing counts as gone.
  package var liveness = Liveness(quiet: .seconds(30), answer: .seconds(20))
  /// Time in which a peer that is not read, because it takes no answers, must have taken something. A
  /// kernel tells of it in steps of megabytes, and who is slow is not gone.
  package var untakenTimeout = Duration.seconds(300)
  /// How long a call may go on after its caller has lost the right to it.
  package var rightsInterval = Duration.seconds(1)
  /// Body bytes of one request over all its frames.
  package var messageBytesMax = WireLimits.messageBytesMax

  package init() {}

  func total(_ account: ByteAccount) -> Int {
    account == .held ? heldBytesTotalMax : keptBytesTotalMax
  }
}
