/// Content for a person's eyes: what was found in it stands out, and nothing of it steers the terminal.
struct MarkedText {
  let isTerminal: Bool

  /// - Parameter spans: bytes of `content`; they may overlap, and lie anywhere.
  func text(_ content: [UInt8], marking spans: [Range<Int>]) -> String {
    var depth = [Int](repeating: 0, count: content.count + 1)
    for span in spans {
      let (start, end) = (
        min(max(0, span.lowerBound), content.count), min(span.upperBound, content.count)
      )
      guard start < end else { continue }
      depth[start] += 1
      depth[end] -= 1
    }
    var (result, open, start) = ("", 0, 0)
    for place in 0...content.count where depth[place] != 0 {
      result += Self.visible(content[start..<place])
      let before = open
      open += depth[place]
      if before == 0, open > 0 { result += isTerminal ? "\u{1b}[1;31;7m" : "⟦" }
      if before > 0, open == 0 { result += isTerminal ? "\u{1b}[0m" : "⟧" }
      start = place
    }
    return result + Self.visible(content[start...])
  }

  /// What a terminal would act on, or hide, is written out.
  static func visible(_ bytes: ArraySlice<UInt8>) -> String {
    visible(String(decoding: bytes, as: UTF8.self))
  }

  static func visible(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar.properties.generalCategory {
      case .control where scalar != "\n" && scalar != "\t", .format, .lineSeparator,
        .paragraphSeparator, .privateUse, .surrogate, .unassigned:
        result += "<U+\(String(scalar.value, radix: 16, uppercase: true))>"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}
