/// What changed between two texts, line by line.
struct TextDiff: PresentableRow {
  enum Change: String, Encodable {
    case same = " "
    case removed = "-"
    case added = "+"
  }

  struct Line: Encodable, Hashable {
    var change: Change
    var text: String
  }

  static let columns = ["CHANGE", "LINES"]
  /// Unchanged lines that are shown around a change.
  private static let contextLines = 3
  /// Above this, texts that have little in common take too long to compare.
  private static let linesMax = 20_000

  var lines: [Line] = []

  init(from old: String, to new: String) {
    let (before, after) = (Self.split(old), Self.split(new))
    guard before.count + after.count <= Self.linesMax else {
      lines =
        before.map { Line(change: .removed, text: $0) }
        + after.map { Line(change: .added, text: $0) }
      return
    }
    let difference = after.difference(from: before)
    let removed = Set(difference.removals.map(Self.offset))
    let added = Set(difference.insertions.map(Self.offset))
    var (one, other) = (0, 0)
    while one < before.count || other < after.count {
      if removed.contains(one) {
        lines.append(Line(change: .removed, text: before[one]))
        one += 1
      } else if added.contains(other) {
        lines.append(Line(change: .added, text: after[other]))
        other += 1
      } else {
        lines.append(Line(change: .same, text: before[one]))
        one += 1
        other += 1
      }
    }
  }

  /// The changes with some lines around them.
  func text(isTerminal: Bool) -> String {
    let changed = lines.indices.filter { lines[$0].change != .same }
    guard !changed.isEmpty else { return "no line differs\n" }
    var shown = Set<Int>()
    for place in changed {
      shown.formUnion((place - Self.contextLines)...(place + Self.contextLines))
    }
    var (text, last) = ("", -1)
    for place in lines.indices where shown.contains(place) {
      if last >= 0, place > last + 1 { text += "…\n" }
      text += Self.text(of: lines[place], isTerminal) + "\n"
      last = place
    }
    return text
  }

  var row: [String] {
    let changed = lines.filter { $0.change != .same }
    return [changed.isEmpty ? "none" : "\(changed.count) lines", text(isTerminal: false)]
  }

  private static func text(of line: Line, _ isTerminal: Bool) -> String {
    let text = line.change.rawValue + MarkedText.visible(line.text)
    guard isTerminal else { return text }
    switch line.change {
    case .same: return text
    case .removed: return "\u{1b}[31m\(text)\u{1b}[0m"
    case .added: return "\u{1b}[32m\(text)\u{1b}[0m"
    }
  }

  private static func split(_ text: String) -> [String] {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    // The end of the last line begins no other.
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  private static func offset(_ change: CollectionDifference<String>.Change) -> Int {
    switch change {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }
}
