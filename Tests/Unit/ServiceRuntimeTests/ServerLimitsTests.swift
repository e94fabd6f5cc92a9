import RPC
import Testing
import Trust

@testable import ServiceRuntime

@Suite struct ServerLimitsTests {
  private func limits(_ variables: [String: String]) throws -> ServerLimits {
    try ServerLimits(
      ServiceSettings(
        role: .monitor, environment: variables.merging(["SLIPWAY_STATE": "s"]) { $1 }))
  }

  @Test("what a server gives to its peers is taken from its environment")
  func variables() throws {
    let limits = try limits([
      "SLIPWAY_CONNECTIONS_MAX": "20", "SLIPWAY_CONNECTIONS_PER_PRINCIPAL": "5",
      "SLIPWAY_HANDSHAKES_PER_ADDRESS": "6", "SLIPWAY_HELD_MEBIBYTES": "7",
      "SLIPWAY_KEPT_MEBIBYTES": "8", "SLIPWAY_IDLE_TIMEOUT": "9",
    ])
    #expect(limits.connectionsMax == 20 && limits.connectionsPerPrincipalMax == 5)
    #expect(limits.handshakesPerSourceMax == 6 && limits.idleTimeout == .seconds(9))
    #expect(limits.heldBytesTotalMax == 7 << 20 && limits.keptBytesTotalMax == 8 << 20)
  }

  @Test(
    "one that is none is named",
    arguments: [
      "SLIPWAY_CONNECTIONS_MAX", "SLIPWAY_CONNECTIONS_PER_PRINCIPAL",
      "SLIPWAY_HANDSHAKES_PER_ADDRESS", "SLIPWAY_HELD_MEBIBYTES", "SLIPWAY_KEPT_MEBIBYTES",
    ])
  func wrong(variable: String) throws {
    for value in ["0", "many", "-1"] {
      let error = #expect(throws: SettingsError.self) { try limits([variable: value]) }
      #expect(error?.description.contains("`\(variable)`") == true)
    }
  }
}
