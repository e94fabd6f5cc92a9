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
  /// How often the caller has sent this call before, where something of it may have been done.
  package var repetition: UInt32 = 0

  package init() {}
}

/// How one call is to be made.
package struct CallOptions: Sendable {
  /// How long the caller waits; `nil` for as long as it takes.
  package var timeout: Duration?
  package var metadata = CallMetadata()
  /// On whose behalf the call is made; kept in a slot of the connection after its first use.
  package var assertion: [UInt8] = []

  package init(timeout: Duration? = .seconds(30)) {
    self.timeout = timeout
  }
}
