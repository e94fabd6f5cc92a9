import Testing
import Trust

@testable import ServiceRuntime

/// Where a process listens and what it calls itself.
@Suite struct SettingsTests {
  private func settings(_ variables: [String: String]) throws(SettingsError) -> ServiceSettings {
    try ServiceSettings(
      role: .inferenceWorker,
      environment: variables.merging(["SLIPWAY_STATE": "state"]) { given, _ in given })
  }

  private func complaint(_ variables: [String: String]) -> String {
    do throws(SettingsError) {
      try settings(variables).checkReachable()
      return "nothing"
    } catch {
      return error.description
    }
  }

  @Test(
    arguments: ["127.0.0.1:0", "127.8.9.1:1", "localhost:7400", "[::1]:7400"],
    ["SLIPWAY_LISTEN", "SLIPWAY_OPS_LISTEN"])
  func `loopback needs no certificates`(address: String, variable: String) {
    #expect(complaint([variable: address]) == "nothing")
  }

  @Test(
    arguments: ["0.0.0.0:7400", "10.0.0.5:7400", "[::]:7400", "model-host:7400"],
    ["SLIPWAY_LISTEN", "SLIPWAY_OPS_LISTEN"])
  func `beyond loopback nothing listens without certificates`(address: String, variable: String) {
    let complaint = complaint([variable: address, "SLIPWAY_ADVERTISE": "model-host"])
    #expect(complaint.hasPrefix("set `\(variable)`: expected an address of loopback"))
    #expect(complaint.contains("`slipway certs init`") && complaint.contains("`SLIPWAY_CERTS`"))
    #expect(
      self.complaint([
        variable: address, "SLIPWAY_CERTS": "certs", "SLIPWAY_ADVERTISE": "model-host",
      ]) == "nothing")
  }

  @Test(arguments: [(nil, false), ("", false), ("0", false), ("1", true)] as [(String?, Bool)])
  func `polling is off unless it is asked for`(value: String?, polls: Bool) throws {
    var variables: [String: String] = [:]
    variables["SLIPWAY_LATENCY"] = value
    #expect(try settings(variables).polls == polls)
  }

  @Test func `a word for latency is refused`() {
    #expect(
      complaint(["SLIPWAY_LATENCY": "low"])
        == "set `SLIPWAY_LATENCY`: expected `1` or `0`, not `low`")
  }

  @Test(arguments: ["0.0.0.0:7400", "[::]:7400"])
  func `a worker that listens everywhere must say where it is reached`(address: String) {
    let complaint = complaint(["SLIPWAY_LISTEN": address, "SLIPWAY_CERTS": "certs"])
    #expect(complaint.hasPrefix("set `SLIPWAY_ADVERTISE`: expected the host or `host:port`"))
  }

  @Test(
    arguments: [
      (nil, "10.0.0.5:7400"), ("model-host", "model-host:7400"),
      ("model-host:80", "model-host:80"), ("[2001:db8::1]", "[2001:db8::1]:7400"),
      ("[2001:db8::1]:80", "[2001:db8::1]:80"), ("10.1.1.1:0", "10.1.1.1:7400"),
    ] as [(String?, String)])
  func `others are told the address that is set, with the port that is bound`(
    advertise: String?, expected: String
  ) throws {
    var variables = ["SLIPWAY_LISTEN": "10.0.0.5:0", "SLIPWAY_CERTS": "certs"]
    variables["SLIPWAY_ADVERTISE"] = advertise
    #expect(try settings(variables).reachable(at: "10.0.0.5:7400") == expected)
  }

  @Test(arguments: ["0.0.0.0", "0.0.0.0:7400", "[::]", ":7400", "host:port"])
  func `an address that nobody can dial is refused`(advertise: String) {
    #expect(
      complaint(["SLIPWAY_ADVERTISE": advertise])
        == "set `SLIPWAY_ADVERTISE`: expected a host or `host:port` that others can dial, "
        + "not `\(advertise)`")
  }
}
