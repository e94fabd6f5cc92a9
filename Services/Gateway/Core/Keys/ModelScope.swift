/// The models that a key may call.
package enum ModelScope: Sendable, Hashable {
  case every
  case only(Set<String>)

  /// How every model is written.
  package static let wildcard = "*"

  /// Reads names; `*` among them is every model.
  package init(names: [String]) {
    self = names.contains(Self.wildcard) ? .every : .only(Set(names))
  }

  /// `*`, or the names in order.
  package var names: [String] {
    switch self {
    case .every: [Self.wildcard]
    case .only(let names): names.sorted()
    }
  }

  package func allows(_ model: String) -> Bool {
    switch self {
    case .every: true
    case .only(let names): names.contains(model)
    }
  }
}
