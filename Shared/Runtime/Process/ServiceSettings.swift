internal import Configuration
internal import Foundation
internal import Logging
package import TransportTCP
package import Trust

/// What every service is told by its environment; ``ServiceVariable`` has all of it.
package struct ServiceSettings: Sendable {
  package var stateDirectory: String
  package var listen: HostPort
  package var opsListen: HostPort
  /// Where others reach this process, if that is not where it listens; port 0 stands for its own.
  package var advertise: HostPort?
  package var tls: TLSSettings?
  /// Whether the connections between services poll before their loops sleep.
  package var polls: Bool
  package var logLevel: String
  package var logFormat: String
  private let reader: ConfigReader

  /// - Throws: ``SettingsError`` that names the variable.
  package init(
    role: ServiceRole, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(SettingsError) {
    reader = ConfigReader(
      provider: EnvironmentVariablesProvider(environmentVariables: environment)
    ).scoped(to: "slipway")
    guard let state = reader.string(forKey: "state"), !state.isEmpty else {
      throw SettingsError("SLIPWAY_STATE", "the state directory, such as `./state`")
    }
    stateDirectory = state
    listen = try Self.hostPort(reader, "listen") ?? HostPort(host: "127.0.0.1", port: 0)
    opsListen = try Self.hostPort(reader, "ops.listen") ?? HostPort(host: "127.0.0.1", port: 0)
    advertise = try Self.advertised(reader)
    if let certs = reader.string(forKey: "certs"), !certs.isEmpty {
      tls = TLSSettings(folder: certs, role: role.rawValue)
    }
    polls = try Self.isSet(reader, "latency")
    logLevel = reader.string(forKey: "log.level") ?? "info"
    guard Logger.Level(rawValue: logLevel) != nil else {
      let levels = Logger.Level.allCases.map { "`\($0)`" }.joined(separator: ", ")
      throw SettingsError("SLIPWAY_LOG_LEVEL", "one of \(levels), not `\(logLevel)`")
    }
    logFormat = reader.string(forKey: "log.format") ?? "text"
    guard ["text", "json"].contains(logFormat) else {
      throw SettingsError("SLIPWAY_LOG_FORMAT", "`text` or `json`, not `\(logFormat)`")
    }
    guard tls == nil else { return }
    for (variable, address) in [("SLIPWAY_LISTEN", listen), ("SLIPWAY_OPS_LISTEN", opsListen)]
    where !address.isLoopback {
      throw SettingsError(
        variable,
        "an address of loopback such as `127.0.0.1:7400`, not `\(address)`: beyond it TLS is "
          + "required; make certificates with `slipway certs init` and name their folder in "
          + "`SLIPWAY_CERTS`")
    }
  }

  // MARK: Reachability

  /// For a process that tells others where it is.
  ///
  /// - Throws: ``SettingsError`` if it listens on every address and was not told which of them to name.
  package func checkReachable() throws(SettingsError) {
    guard listen.isWildcard, advertise == nil else { return }
    throw SettingsError(
      "SLIPWAY_ADVERTISE",
      "the host or `host:port` that others reach this process by, because it listens on "
        + "`\(listen)`, which nobody can dial")
  }

  /// The address that others dial, of a process that listens on `bound`.
  package func reachable(at bound: String) -> String {
    guard var address = advertise else { return bound }
    if address.port == 0, let own = HostPort(bound) { address.port = own.port }
    return address.description
  }

  /// A service's own variable: key `queue.max` is `SLIPWAY_QUEUE_MAX`.
  package func string(_ key: String) -> String? {
    reader.string(forKey: ConfigKey(key.split(separator: ".").map(String.init)))
  }

  /// - Throws: ``SettingsError`` if there is text that is no number in `range`.
  package func integer(
    _ key: String, in range: ClosedRange<Int>
  ) throws(SettingsError) -> Int? {
    guard let text = string(key), !text.isEmpty else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw SettingsError(
        Self.variable(key),
        "a number from \(range.lowerBound) to \(range.upperBound), not `\(text)`")
    }
    return value
  }

  /// - Throws: ``SettingsError`` if the variable is missing.
  package func required(_ key: String, _ expected: String) throws(SettingsError) -> String {
    guard let text = string(key), !text.isEmpty else {
      throw SettingsError(Self.variable(key), expected)
    }
    return text
  }

  /// Where another service listens: `SLIPWAY_REGISTRY`, `SLIPWAY_MONITOR`, `SLIPWAY_CONTENT_GOVERNOR`.
  package func address(of role: ServiceRole) throws(SettingsError) -> String {
    let key = role.rawValue.split(separator: "-").joined(separator: ".")
    let expected = "the address of the \(role), such as `127.0.0.1:7001`"
    let text = try required(key, expected)
    guard HostPort(text) != nil else {
      throw SettingsError(Self.variable(key), "\(expected), not `\(text)`")
    }
    return text
  }

  /// Where several other services listen.
  package func addresses(
    of roles: ServiceRole...
  ) throws(SettingsError) -> [ServiceRole: String] {
    var addresses: [ServiceRole: String] = [:]
    for role in roles { addresses[role] = try address(of: role) }
    return addresses
  }

  /// A service's own folder in the state directory.
  package func folder(of role: ServiceRole) -> String { "\(stateDirectory)/\(role)" }

  private static func isSet(
    _ reader: ConfigReader, _ key: String
  ) throws(SettingsError) -> Bool {
    switch reader.string(forKey: ConfigKey(key.split(separator: ".").map(String.init))) ?? "" {
    case "", "0": return false
    case "1": return true
    case let text: throw SettingsError(variable(key), "`1` or `0`, not `\(text)`")
    }
  }

  private static func variable(_ key: String) -> String {
    "SLIPWAY_" + key.uppercased().replacing(".", with: "_")
  }

  private static func advertised(_ reader: ConfigReader) throws(SettingsError) -> HostPort? {
    guard let text = reader.string(forKey: "advertise"), !text.isEmpty else { return nil }
    let hasPort = !text.hasSuffix("]") && text.contains(":")
    guard let address = HostPort(hasPort ? text : "\(text):0"), !address.isWildcard else {
      throw SettingsError(
        "SLIPWAY_ADVERTISE",
        "a host or `host:port` that others can dial, not `\(text)`")
    }
    return address
  }

  private static func hostPort(
    _ reader: ConfigReader, _ key: String
  ) throws(SettingsError) -> HostPort? {
    guard let text = reader.string(forKey: ConfigKey(key.split(separator: ".").map(String.init))),
      !text.isEmpty
    else { return nil }
    guard let address = HostPort(text) else {
      throw SettingsError(variable(key), "`host:port`, not `\(text)`")
    }
    return address
  }
}

/// `host:port`.
package struct HostPort: Sendable, Hashable, CustomStringConvertible {
  package var host: String
  package var port: Int

  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65_535).contains(port), colon > text.startIndex
    else { return nil }
    host = text[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
    self.port = port
  }

  /// Every address of the machine, which is none that can be dialled.
  package var isWildcard: Bool { ["0.0.0.0", "::", "0", "*"].contains(host) }

  /// Only as far as the text shows it; a listener looks again at what it resolves to.
  package var isLoopback: Bool {
    host.hasPrefix("127.") || host == "::1" || host == "localhost"
  }

  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// A variable that is missing or wrong.
package struct SettingsError: Error, CustomStringConvertible {
  package let description: String

  package init(_ variable: String, _ expected: String) {
    description = "set `\(variable)`: expected \(expected)"
  }
}
