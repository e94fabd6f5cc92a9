internal import ArgumentParser
internal import Foundation
internal import RPC
internal import SlipwaySupervisor
internal import Trust

/// Options that every command has.
struct GlobalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The gateway (SLIPWAY_GATEWAY, or the one that runs on the state directory).",
      valueName: "host:port"))
  var gateway: String?

  @Option(
    help: ArgumentHelp(
      "API key, or @FILE that holds it (SLIPWAY_KEY, or the state directory's admin key).",
      valueName: "key"))
  var key: String?

  @Option(
    help: ArgumentHelp(
      "State directory of a suite on this machine (SLIPWAY_STATE).", valueName: "directory"),
    completion: .directory)
  var state: String?

  @Option(
    help: ArgumentHelp(
      "Folder with authority.pem, for a gateway that speaks TLS (SLIPWAY_CERTS, or what the suite on "
        + "the state directory uses).", valueName: "directory"),
    completion: .directory)
  var certs: String?

  @Flag(help: "Write JSON instead of a table.")
  var json = false

  /// Connects to the gateway that the options and the environment name.
  func session() async throws(ToolError) -> Session {
    let context = try ToolContext.current()
    let (endpoint, state) = try endpoint(context)
    let key = try checked(try apiKey(context))
    do {
      let authority = certificates(context).map { "\($0)/authority.pem" } ?? state?.authority()
      let channel = try await context.gateways.gateway(
        at: endpoint, key: key, state: state, authority: authority)
      return Session(channel: channel, context: context, isJSON: json, state: state)
    } catch {
      throw ToolError(error)
    }
  }

  func stateDirectory(_ context: ToolContext) -> StateDirectory {
    let home = context.environment["HOME"] ?? "."
    return StateDirectory(
      path: state ?? context.setting("SLIPWAY_STATE") ?? "\(home)/.local/state/slipway")
  }

  /// The folder of certificates, absolute.
  func certificates(_ context: ToolContext) -> String? {
    (certs ?? context.setting("SLIPWAY_CERTS")).map {
      URL(fileURLWithPath: $0).standardizedFileURL.path
    }
  }

  /// The gateway, and the state directory that it was found in.
  private func endpoint(
    _ context: ToolContext
  ) throws(ToolError) -> (endpoint: String, state: StateDirectory?) {
    if let named = gateway ?? context.setting("SLIPWAY_GATEWAY") {
      return (named, nil)
    }
    let state = stateDirectory(context)
    guard let endpoint = state.endpoints()?["gateway"] else {
      throw ToolError(
        .unavailable, "no suite is ready on `\(state.path)` and no gateway is named",
        advice: "start one with `slipway up --state DIR`, or say --gateway HOST:PORT")
    }
    return (endpoint, state)
  }

  /// Tells a typing error before anybody is called.
  private func checked(_ key: String) throws(ToolError) -> String {
    do {
      return try APIKey(key).text
    } catch {
      throw ToolError(
        .usage, "this is not an API key (mistyped?): \(error)",
        advice: "check what --key, SLIPWAY_KEY or the key's file holds")
    }
  }

  private func apiKey(_ context: ToolContext) throws(ToolError) -> String {
    guard let named = key ?? context.setting("SLIPWAY_KEY") else {
      let state = stateDirectory(context)
      guard let key = state.adminKey() else {
        throw ToolError(
          .refused, "no API key: `\(state.adminKeyFile)` is not there or not yours to read",
          advice: "say --key KEY or --key @FILE, or set SLIPWAY_KEY")
      }
      return key
    }
    guard named.hasPrefix("@") else { return named }
    let path = String(named.dropFirst())
    guard let content = FileManager.default.contents(atPath: path) else {
      throw ToolError(.notFound, "expected a file with an API key at `\(path)`, there is none")
    }
    return String(decoding: content, as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
