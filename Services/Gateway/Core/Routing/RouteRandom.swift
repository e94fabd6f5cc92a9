/// Chance for routing: SplitMix64 (Steele, Lea, Flood 2014), since the system's generator is a system
/// call. Good enough to spread load, never for secrets. Each event loop has its own.
package struct RouteRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) {
    state = seed
  }

  /// Seeded by the system.
  package init() {
    self.init(seed: .random(in: .min ... .max))
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return RoutingHash.mix(state)
  }
}
