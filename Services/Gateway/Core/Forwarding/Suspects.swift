internal import Crypto
internal import Synchronization

/// Requests with which workers died: one of each version at a time goes to a worker that nobody else uses, and
/// those that ended that one too are refused from then on, by the digest of what they say.
///
/// What is refused is known to this gateway, until it ends: another one finds it out in the same way.
package final class Suspects: Sendable {
  /// Refused requests that are remembered; beyond them the oldest is found out again.
  static let refusedMax = 4_096

  /// What a request says to a version.
  struct Request: Sendable, Hashable {
    let digest: [UInt8]

    init(_ version: VersionName, _ frames: [ForwardedCall.Frame]) {
      var hash = SHA256()
      hash.update(data: Array("\(version.version)@\(version.model)\0".utf8))
      for frame in frames { hash.update(data: frame.body) }
      digest = Array(hash.finalize())
    }
  }

  private struct State {
    /// Who is with a version's worker, or on the way to it.
    var inside: [VersionName: ObjectIdentifier] = [:]
    var refused: Set<Request> = []
    var oldest: [Request] = []
    var versions: [VersionName: Int] = [:]
  }

  /// Whether workers of their own are to be had; else calls fail with the workers that die.
  let isKeptAlone: Bool
  private let state = Mutex(State())
  private let hasRefused = Atomic(false)

  package init(isKeptAlone: Bool) {
    self.isKeptAlone = isKeptAlone
  }

  /// Whether it is this call's turn; it must ``leave(_:)``.
  func enter(_ version: VersionName, _ call: ForwardedCall) -> Bool {
    state.withLock { state in
      let id = ObjectIdentifier(call)
      guard let inside = state.inside[version] else {
        state.inside[version] = id
        return true
      }
      return inside == id
    }
  }

  /// It was its turn no more, or never.
  func leave(_ call: ForwardedCall) {
    let id = ObjectIdentifier(call)
    state.withLock { state in state.inside = state.inside.filter { $0.value != id } }
  }

  /// From now on nobody gets an answer to it.
  func refuse(_ request: Request, of version: VersionName) {
    state.withLock { state in
      guard state.refused.insert(request).inserted else { return }
      state.oldest.append(request)
      state.versions[version, default: 0] += 1
      guard state.oldest.count > Self.refusedMax else { return }
      state.refused.remove(state.oldest.removeFirst())
    }
    hasRefused.store(true, ordering: .releasing)
  }

  /// Whether any request is refused: one load.
  var refusesSome: Bool { hasRefused.load(ordering: .acquiring) }

  func refusesSome(of version: VersionName) -> Bool {
    state.withLock { $0.versions[version] != nil }
  }

  func refuses(_ request: Request) -> Bool {
    state.withLock { $0.refused.contains(request) }
  }
}
