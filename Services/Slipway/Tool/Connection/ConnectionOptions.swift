internal import ArgumentParser
internal import Foundation
internal import RPC
internal import SlipwaySupervisor
internal import Trust

/// Options of a command that calls a gateway.
struct ConnectionOptions: ParsableArguments {
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

  @OptionGroup var place: StateOptions

  @Option(
    help: ArgumentHelp(
      "Folder with authority.pem, for a gateway that speaks TLS (SLIPWAY_CERTS, or what the suite on "
        + "the state directory uses).", valueName: "directory"),
    completion: .directory)
  var certs: String?

  @OptionGroup var output: OutputOptions

  var json: Bool { output.json }

  /// Connects to the gateway that the options and the environment name.
  func session() async throws(ToolError) -> Session {
    let context = try ToolContext.current()
    let (endpoint, state) = try endpoint(context)
    let key = try checked(try apiKey(context))
    do {
      let authority =
        context.certificates(certs).map { "\($0)/authority.pem" } ?? state?.authority()
      // It ends with this scope.
      async let _: Void = Self.sayThatItWaits(for: endpoint, context)
      let channel = try await context.gateways.gateway(
        at: endpoint, key: key, state: state, authority: authority)
      return Session(channel: channel, context: context, isJSON: json, state: state)
    } catch {
      throw ToolError(error)
    }
  }

  /// Says so when a gateway, which may be starting again, lets a person wait.
  private static func sayThatItWaits(for endpoint: String, _ context: ToolContext) async {
    do { try await Task.sleep(for: silenceMax) } catch { return }
    context.output.complain("waiting for the gateway at \(endpoint)\n")
  }

  private static let silenceMax: Duration = .seconds(1)

  /// The gateway, and the state directory that it was found in.
  private func endpoint(
    _ context: ToolContext
  ) throws(ToolError) -> (endpoint: String, state: StateDirectory?) {
    if let named = gateway ?? context.setting("SLIPWAY_GATEWAY") {
      return (named, nil)
    }
    let state = place.directory(context)
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
      let state = place.directory(context)
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
