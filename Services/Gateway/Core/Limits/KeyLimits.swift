/// What one key may ask for.
package struct KeyLimits: Sendable, Hashable {
  /// Calls a second; 0 for no limit.
  package var requestsPerSecond: UInt32
  /// Calls at once; 0 for no limit.
  package var inFlightMax: UInt32

  package init(requestsPerSecond: UInt32 = 0, inFlightMax: UInt32 = 0) {
    self.requestsPerSecond = requestsPerSecond
    self.inFlightMax = inFlightMax
  }

  package static let none = KeyLimits()
}
