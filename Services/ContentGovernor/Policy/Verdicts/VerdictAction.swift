/// What a policy says is to be done with content, mildest first: the worst finding decides.
package enum VerdictAction: String, Sendable, Hashable, CaseIterable, Comparable {
  /// It may go on as it is.
  case allow
  /// It may go on without the parts that were taken out.
  case redact
  /// A person decides.
  case hold
  /// It may not go on; nobody need look.
  case block

  package static func < (left: VerdictAction, right: VerdictAction) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int {
    switch self {
    case .allow: 0
    case .redact: 1
    case .hold: 2
    case .block: 3
    }
  }
}
