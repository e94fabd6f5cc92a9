import Contracts
import Foundation

/// Says what has changed in a column.
struct DriftWords {
  let drift: Monitor.ColumnDrift
  let before: Monitor.ColumnProfile

  /// The most telling first.
  var text: String {
    let found = [missing, unseen, outside, moved, categories].compactMap { $0 }
    return found.isEmpty ? "the distribution has another form" : found.joined(separator: "; ")
  }

  private var missing: String? {
    guard abs(drift.missingNow - drift.missingBefore) >= ColumnComparison.shareMin else {
      return nil
    }
    return "missing in \(Self.percent(drift.missingNow)) of the rows, before in "
      + Self.percent(drift.missingBefore)
  }

  private var unseen: String? {
    guard drift.unseen >= ColumnComparison.shareMin else { return nil }
    return "\(Self.percent(drift.unseen)) have a category that the baseline has not"
  }

  private var outside: String? {
    guard drift.outOfRange >= ColumnComparison.shareMin else { return nil }
    return "\(Self.percent(drift.outOfRange)) lie outside of \(Self.number(before.smallest)) to "
      + "\(Self.number(before.largest)), which is all that the baseline has"
  }

  private var moved: String? {
    guard drift.quantilesBefore.count == 3, drift.quantilesNow.count == 3 else { return nil }
    let (old, new) = (drift.quantilesBefore, drift.quantilesNow)
    let width = old[2] - old[0]
    let shift = new[1] - old[1]
    if abs(shift) > 0.1 * width || width == 0 && shift != 0 {
      return "the median went \(shift > 0 ? "up" : "down") from \(Self.number(old[1])) to "
        + Self.number(new[1])
    }
    guard width > 0, abs((new[2] - new[0]) / width - 1) > 0.2 else { return nil }
    return "the middle 90 % span \(Self.number(new[0])) to \(Self.number(new[2])), before "
      + "\(Self.number(old[0])) to \(Self.number(old[2]))"
  }

  private var categories: String? {
    guard before.kind == "category" else { return nil }
    let (old, new) = (drift.binsBefore.reduce(0, +), drift.binsNow.reduce(0, +))
    guard old > 0, new > 0 else { return nil }
    let changes = before.categories.enumerated().map { place, category in
      (
        name: category.name, before: Double(drift.binsBefore[place]) / Double(old),
        now: Double(drift.binsNow[place]) / Double(new)
      )
    }
    let largest = changes.max { abs($0.now - $0.before) < abs($1.now - $1.before) }
    guard let largest, abs(largest.now - largest.before) >= ColumnComparison.shareMin else {
      return nil
    }
    return "`\(largest.name)` makes up \(Self.percent(largest.now)), before "
      + Self.percent(largest.before)
  }

  static func percent(_ share: Double) -> String {
    let text = share > 0 && share < 0.1 ? String(format: "%.1f", share * 100) : ""
    return text.isEmpty ? "\(Int((share * 100).rounded())) %" : "\(text) %"
  }

  static func number(_ value: Double) -> String { String(format: "%.4g", value) }
}
