internal import Base

/// What travels beside a request's body, as bytes ready for the head.
package struct CallMetadata: Sendable, Hashable {
  package var traceparent: TraceParent?
  package var model: [UInt8] = []
  package var version: [UInt8] = []
  package var priority: UInt32 = 0
  package var routingKey: [UInt8] = []
  /// Slot of the assertion on whose behalf the call is made; 0 for none.
  package var assertionSlot: UInt32 = 0
  package var requestID: [UInt8] = []

  package init() {}
}

/// How one call is to be made.
package struct CallOptions: Sendable {
  /// How long the caller waits; `nil` for as long as it takes.
  package var timeout: Duration? {
    didSet { timeoutNanoseconds = Self.nanoseconds(timeout) }
  }
  /// As it stands in a head: 0 for none. Reckoned once, and not for each call made with these options.
  private(set) var timeoutNanoseconds: UInt64
  package var metadata = CallMetadata()
  /// On whose behalf the call is made; kept in a slot of the connection after its first use.
  package var assertion: [UInt8] = []

  package init(timeout: Duration? = .seconds(30)) {
    self.timeout = timeout
    timeoutNanoseconds = Self.nanoseconds(timeout)
  }

  private static func nanoseconds(_ timeout: Duration?) -> UInt64 {
    timeout.map { UInt64(max(1, $0.wholeNanoseconds)) } ?? 0
  }
}
