package import RPC

/// Why a call has nowhere to go.
package enum RouteError: Error, Sendable, Hashable {
  /// No such model, or none that the key may call: the two are never told apart. Not worth a retry.
  case modelNotFound(model: String)
  /// The model has no version or alias of that name. Not worth a retry.
  case versionNotFound(model: String, version: String, known: [String])
  /// The version exists, but no deployment asks for it. Not worth a retry before somebody deploys.
  case notDeployed(model: String, version: UInt32?)
  /// Deployed, but no worker is alive or left to try.
  case unavailable(model: String, version: UInt32)

  /// The registry has not named its models to this gateway yet. Worth a retry.
  case notSynced

  /// How long to wait for a worker that is being started or replaced.
  package static let retryAfterUnavailable: Duration = .seconds(1)

  /// Names that a message lists.
  private static let namesShownMax = 16

  package var rpcError: RPCError {
    switch self {
    case .modelNotFound(let model):
      RPCError(
        .notFound,
        "no model `\(Self.excerpt(model))` that this key may call; `slipway model list` names the ones there are"
      )
    case .versionNotFound(let model, let version, let known):
      RPCError(
        .notFound,
        "model `\(model)` has no version or alias `\(Self.excerpt(version))`; "
          + (known.isEmpty ? "it has none yet" : "expected one of \(Self.quoted(known))"))
    case .notDeployed(let model, let version?):
      RPCError(
        .failedPrecondition,
        "version \(version) of model `\(model)` is not deployed; deploy it or ask for another one")
    case .notDeployed(let model, nil):
      RPCError(.failedPrecondition, "model `\(model)` is not deployed; deploy a version first")
    case .unavailable(let model, let version):
      RPCError(
        .unavailable, "no worker serves version \(version) of model `\(model)` now; try again",
        retryAfter: Self.retryAfterUnavailable)
    case .notSynced:
      RPCError(
        .unavailable, "this gateway has just started and does not know the models yet; try again",
        retryAfter: Self.retryAfterUnavailable)
    }
  }

  private static func quoted(_ names: [String]) -> String {
    let shown = names.prefix(namesShownMax).map { "`\($0)`" }.joined(separator: ", ")
    return names.count > namesShownMax ? shown + ", …" : shown
  }

  /// Input as a message may repeat it: short, one line.
  private static func excerpt(_ text: String) -> String {
    let line = String(
      text.unicodeScalars.prefix(64).map {
        $0.properties.isWhitespace || $0.value < 0x20 ? "?" : Character($0)
      })
    return text.unicodeScalars.count > 64 ? line + "…" : line
  }
}
