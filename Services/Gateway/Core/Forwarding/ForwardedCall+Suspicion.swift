internal import RPC
internal import Synchronization

/// A call whose workers died each time it was tried may be what they died of, or may only have been there. It
/// is tried once more, alone, on a worker that nobody else uses: that tells the two apart.
extension ForwardedCall {
  var isSuspect: Bool { state.withLock { $0.isSuspect } }

  /// What is wrong with a request that workers have died of before.
  func refusal() -> RPCError? {
    guard forwarder.suspects.refusesSome, case .model(let asked) = destination else { return nil }
    let (version, frames) = state.withLock {
      ($0.route?.version, $0.attempts == 0 ? $0.frames : [])
    }
    guard let version, !frames.isEmpty else { return nil }
    let name = VersionName(model: asked.model, version: version)
    guard forwarder.suspects.refusesSome(of: name),
      forwarder.suspects.refuses(Suspects.Request(name, frames))
    else { return nil }
    return Self.deadly
  }

  /// Whether the call is to be tried alone, instead of being told that its worker died.
  func becomesSuspect(_ failure: CallFailure, _ error: RPCError, _ seen: State) -> Bool {
    guard forwarder.suspects.isKeptAlone, failure == .connection, error.progress == .lost,
      method.effect != .mutating, !method.shape.streamsRequests, !seen.answerStarted,
      seen.isKept, let route = seen.route, case .model(let asked) = destination
    else { return false }
    state.withLock { state in
      state.isSuspect = true
      state.awaitsStart = true
    }
    return waitForWorker(after: .unavailable(model: asked.model, version: route.version))
  }

  /// For a suspect the version that its workers served, for whose quarantine it is; else nil.
  ///
  /// - Throws: `unavailable` for a suspect whose turn it is not.
  func entersQuarantine(_ asked: AskedModel) throws(RouteError) -> AskedModel? {
    let (isSuspect, route) = state.withLock { ($0.isSuspect, $0.route) }
    guard isSuspect, let route else { return nil }
    let version = VersionName(model: asked.model, version: route.version)
    guard forwarder.suspects.enter(version, self) else {
      throw .unavailable(model: asked.model, version: route.version)
    }
    return AskedModel(
      model: asked.model, version: "\(route.version)", routingKey: asked.routingKey)
  }

  /// The attempt alone has failed.
  func suspectFailed(_ failure: CallFailure, _ error: RPCError, _ seen: State) {
    guard let route = seen.route, case .model(let asked) = destination else { return fail(error) }
    if failure == .connection, error.progress == .lost {
      let version = VersionName(model: asked.model, version: route.version)
      forwarder.suspects.refuse(Suspects.Request(version, seen.frames), of: version)
      return fail(Self.deadly)
    }
    forwarder.suspects.leave(self)
    guard error.progress == .notBegun,
      waitForWorker(after: .unavailable(model: asked.model, version: route.version))
    else { return fail(error) }
  }

  private static let deadly = RPCError(
    .invalidArgument,
    "each worker that computed this request died of it, the last one while it did nothing else; "
      + "the request is refused now, as long as it goes to this version")
}
