import Synchronization

/// Tells watchers which models changed, not what changed.
///
/// A watcher that hears of a model reads its state as it is then, so any number of changes before
/// that cost it one message and the registry one name: the memory of the slowest watcher is bounded
/// by the number of models.
final class ChangeBoard: Sendable {
  /// One watcher's place at the board; it leaves the board with `leave`.
  struct Place: Sendable {
    fileprivate let id: UInt64
    /// Rings when something may have changed; rings that nobody heard are one ring.
    let bell: AsyncStream<Void>
  }

  private struct Watcher {
    var changed: Set<String> = []
    let ring: AsyncStream<Void>.Continuation
  }

  private struct State {
    var watchers: [UInt64: Watcher] = [:]
    var lastID: UInt64 = 0
  }

  private let watchersMax: Int
  private let state = Mutex(State())

  init(watchersMax: Int) {
    self.watchersMax = watchersMax
  }

  /// - Throws: `exhausted` where there are too many watchers.
  func join() throws(RegistryError) -> Place {
    let (bell, ring) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let id: UInt64? = state.withLock { state in
      guard state.watchers.count < watchersMax else { return nil }
      state.lastID += 1
      state.watchers[state.lastID] = Watcher(ring: ring)
      return state.lastID
    }
    guard let id else {
      throw .exhausted("\(watchersMax) watchers are there: end some or try again later")
    }
    return Place(id: id, bell: bell)
  }

  func leave(_ place: Place) {
    let watcher = state.withLock { $0.watchers.removeValue(forKey: place.id) }
    watcher?.ring.finish()
  }

  /// Says that a model's state is another one now. Call it after the change is durable.
  func post(model: String) {
    let rings = state.withLock { state in
      for id in state.watchers.keys { state.watchers[id]?.changed.insert(model) }
      return state.watchers.values.map(\.ring)
    }
    for ring in rings { ring.yield() }
  }

  /// The models that changed since this was last asked, by name.
  func take(_ place: Place) -> [String] {
    let changed = state.withLock { state -> Set<String> in
      let changed = state.watchers[place.id]?.changed ?? []
      state.watchers[place.id]?.changed = []
      return changed
    }
    return changed.sorted()
  }

  /// Ends every watch: the bells fall silent.
  func close() {
    let watchers = state.withLock { state in
      defer { state.watchers = [:] }
      return state.watchers
    }
    for watcher in watchers.values { watcher.ring.finish() }
  }
}
