/// Where a tile or a bundle of entries lies in a log that is published or exported as files.
package struct TilePath: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case hashes(level: Int)
    case entries
    /// What stands beside the log: records that open the leaves' commitments. Not of C2SP.
    case records
  }

  package let kind: Kind
  package let index: Int
  /// How many of 256 it holds.
  package let width: Int

  package init(_ kind: Kind, index: Int, width: Int) {
    self.kind = kind
    self.index = index
    self.width = width
  }

  /// Such as `tile/0/x001/234.p/17`.
  package var text: String {
    let folder =
      switch kind {
      case .hashes(let level): "tile/\(level)"
      case .entries: "tile/entries"
      case .records: "records"
      }
    var groups = [Self.padded(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.insert("x" + Self.padded(rest % 1000), at: 0)
      rest /= 1000
    }
    let suffix = width == Tile.widthMax ? "" : ".p/\(width)"
    return "\(folder)/\(groups.joined(separator: "/"))\(suffix)"
  }

  /// Every one of a kind that a tree of `size` leaves has.
  package static func all(_ kind: Kind, size: Int) -> [TilePath] {
    var level = 0
    if case .hashes(let its) = kind { level = its }
    let count = size >> (Tile.height * level)
    return stride(from: 0, to: count, by: Tile.widthMax).map { start in
      TilePath(kind, index: start / Tile.widthMax, width: min(Tile.widthMax, count - start))
    }
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
