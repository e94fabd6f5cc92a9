package import Contracts

/// One watcher's way through the models: all of them, a mark, then those that change.
///
/// It is level-triggered: a state replaces what was sent of the model before, and a watcher that is
/// slow gets the latest one only. Of leases, their coming, going, draining and loads are changes;
/// their times are not.
package struct ModelWatch: ~Copyable {
  private enum Phase {
    /// The names of this page that are still to be sent, last first, and where the next page begins.
    case snapshot(rest: [String], after: String)
    /// Names that changed and are still to be sent, last first.
    case following(rest: [String])
  }

  private let watches: Watches
  private let place: ChangeBoard.Place
  private var bell: AsyncStream<Void>.Iterator
  private var phase = Phase.snapshot(rest: [], after: "")

  init(_ watches: Watches, place: ChangeBoard.Place) {
    self.watches = watches
    self.place = place
    bell = place.bell.makeAsyncIterator()
  }

  deinit { watches.board.leave(place) }

  /// The next state; the one with an empty name says that every model has been sent once. Nil when
  /// the task is cancelled or the registry closes.
  package mutating func next() async throws(RegistryError) -> Registry.ModelState? {
    while true {
      switch phase {
      case .snapshot(var rest, let after):
        if let name = rest.popLast() {
          phase = .snapshot(rest: rest, after: name)
          return try await watches.state(of: name)
        }
        let page = try await watches.models(after: after)
        guard page.isEmpty else {
          phase = .snapshot(rest: page.reversed(), after: after)
          continue
        }
        phase = .following(rest: [])
        return Registry.ModelState()
      case .following(var rest):
        if let name = rest.popLast() {
          phase = .following(rest: rest)
          return try await watches.state(of: name)
        }
        guard await bell.next(isolation: #isolation) != nil else { return nil }
        phase = .following(rest: watches.board.take(place).reversed())
      }
    }
  }
}
