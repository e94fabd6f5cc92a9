internal import Matching

/// How long content may be.
struct LengthRule: RuleBody {
  enum Unit: String, CaseIterable {
    case characters
    case words
    case sentences
  }

  let unit: Unit
  let min: Int
  let max: Int

  var entries: [PrefilterEntry] { [] }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    let text = String(decoding: reading.text.bytes, as: UTF8.self)
    let count =
      switch unit {
      case .characters: text.unicodeScalars.count
      case .words: Prose(text).wordCount
      case .sentences: Prose(text).sentenceCount
      }
    if count > max {
      found.add(0..<0, reason: "it has \(count) \(unit.rawValue), at most \(max) are allowed")
    } else if count < min {
      found.add(0..<0, reason: "it has \(count) \(unit.rawValue), at least \(min) are asked for")
    }
  }
}
