/// What a key used of a model.
package struct UsageCount: Sendable, Hashable {
  package var requests: UInt64
  /// Admitted calls that ended with anything but `ok`.
  package var failures: UInt64
  /// Calls that the key's limits or rights kept out.
  package var refused: UInt64
  package var requestBytes: UInt64
  package var responseBytes: UInt64
  /// Wall time in the gateway and behind it.
  package var durationNanoseconds: UInt64

  package init(
    requests: UInt64 = 0, failures: UInt64 = 0, refused: UInt64 = 0, requestBytes: UInt64 = 0,
    responseBytes: UInt64 = 0, durationNanoseconds: UInt64 = 0
  ) {
    self.requests = requests
    self.failures = failures
    self.refused = refused
    self.requestBytes = requestBytes
    self.responseBytes = responseBytes
    self.durationNanoseconds = durationNanoseconds
  }

  package mutating func add(_ other: UsageCount) {
    requests &+= other.requests
    failures &+= other.failures
    refused &+= other.refused
    requestBytes &+= other.requestBytes
    responseBytes &+= other.responseBytes
    durationNanoseconds &+= other.durationNanoseconds
  }
}
