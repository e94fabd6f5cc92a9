/// Pages once when a look is too surprising, and ends the alert when looks are quiet again.
///
/// Pure: what it is told is all that it knows.
package struct AlertMachine: Sendable, Hashable {
  package enum State: Sendable, Hashable {
    case quiet
    /// - calmLooks: that came in a row since.
    case firing(calmLooks: Int)
  }

  package enum Action: Sendable, Hashable {
    case none
    case page
    case resolve
  }

  /// Looks in a row that must be calm before an alert ends: one alone may be chance.
  package static let calmLooksMin = 2
  /// A look is calm below this share of the threshold, so that one that hovers about it does not page again
  /// and again.
  package static let calmShare = 0.5

  package private(set) var state: State

  package init(state: State = .quiet) {
    self.state = state
  }

  /// - Parameter matters: whether the difference is also large enough to matter.
  package mutating func look(surprise: Double, threshold: Double, matters: Bool) -> Action {
    let isLoud = matters && surprise > threshold
    let isCalm = !matters || surprise < threshold * Self.calmShare
    switch state {
    case .quiet:
      guard isLoud else { return .none }
      state = .firing(calmLooks: 0)
      return .page
    case .firing(let calmLooks):
      guard isCalm else {
        state = .firing(calmLooks: 0)
        return .none
      }
      guard calmLooks + 1 >= Self.calmLooksMin else {
        state = .firing(calmLooks: calmLooks + 1)
        return .none
      }
      state = .quiet
      return .resolve
    }
  }
}
