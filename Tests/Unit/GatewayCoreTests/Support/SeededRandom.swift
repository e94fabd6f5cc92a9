@testable import GatewayCore

/// Chance that a failure can be repeated with: every message names its seed.
typealias SeededRandom = RouteRandom
