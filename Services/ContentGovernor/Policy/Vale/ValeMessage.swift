/// A rule's message with `%s` in it.
enum ValeMessage {
  static func text(_ format: String, _ words: [String]) -> String {
    var text = ""
    var next = 0
    var rest = Substring(format)
    while let mark = rest.firstIndex(of: "%") {
      text += rest[..<mark]
      rest = rest[rest.index(after: mark)...]
      if rest.hasPrefix("s") || rest.hasPrefix("v") {
        text += next < words.count ? words[next] : "%s"
        next += 1
        rest = rest.dropFirst()
      } else if rest.hasPrefix("%") {
        text += "%"
        rest = rest.dropFirst()
      } else if rest.hasPrefix("["), let close = rest.firstIndex(of: "]"),
        let number = Int(rest[rest.index(after: rest.startIndex)..<close]),
        rest[rest.index(after: close)...].hasPrefix("s")
      {
        text += words.indices.contains(number - 1) ? words[number - 1] : ""
        rest = rest[rest.index(after: close)...].dropFirst()
      } else {
        text += "%"
      }
    }
    return text + rest
  }
}
