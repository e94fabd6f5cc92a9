internal import Matching

/// Finds personal data by its shape, lets checksums decide where there are any, and words before it
/// raise the score.
struct PersonalDataRule: RuleBody {
  static let kind = "personal-data"
  /// More than any text has that is not all numbers.
  private static let candidateCountMax = 100_000
  private static let contextBytesMax = 120

  /// What takes its place, Presidio's operators.
  enum Operator: Sendable, Hashable {
    case replace(String?)
    case mask(Character, keep: Int)
    case remove
  }

  private struct Shape: Sendable {
    let recogniser: Recogniser
    let pattern: Pattern
    let scoreThousandths: Int
  }

  private let shapes: [Shape]
  /// The shapes of each entry.
  private let shapesOfEntries: [[Int]]
  let entries: [PrefilterEntry]
  private let scoreThousandthsMin: Int
  private let operators: [String: Operator]
  private let allowed: Set<String>

  /// - Parameter allowed: what is no secret, such as the firm's own address; folded.
  init(
    _ recognisers: [Recogniser], scoreThousandthsMin: Int, operators: [String: Operator],
    allowed: Set<String>
  ) throws(PatternError) {
    var shapes: [Shape] = []
    var entries: [PrefilterEntry] = []
    var shapesOfEntries: [[Int]] = []
    for recogniser in recognisers {
      for shape in recogniser.shapes {
        // Looks ahead, so that one that is none hides no other that begins inside of it.
        let pattern = try Pattern(
          #"(?<![\p{L}\p{N}_])(?=(\#(shape.core))(?![\p{L}\p{N}_]))"#,
          isCaseless: !recogniser.isCaseTold)
        shapes.append(
          Shape(
            recogniser: recogniser, pattern: pattern, scoreThousandths: shape.scoreThousandths))
        let entry = PrefilterEntry(shape.hint, isCaseless: true, isFolded: true)
        if let known = entries.firstIndex(of: entry) {
          shapesOfEntries[known].append(shapes.count - 1)
        } else {
          entries.append(entry)
          shapesOfEntries.append([shapes.count - 1])
        }
      }
    }
    self.shapes = shapes
    self.entries = entries
    self.shapesOfEntries = shapesOfEntries
    self.scoreThousandthsMin = scoreThousandthsMin
    self.operators = operators
    self.allowed = allowed
  }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    var candidates: [Candidate] = []
    for shape in hits.flatMap({ shapesOfEntries[$0] }) {
      gather(shapes[shape], reading, &candidates, &found)
    }
    // Those that say more first; of two at one place one is kept.
    candidates.sort {
      ($1.scoreThousandths, $1.range.count, $0.range.lowerBound, $0.entity)
        < ($0.scoreThousandths, $0.range.count, $1.range.lowerBound, $1.entity)
    }
    var kept = KeptRanges()
    for candidate in candidates where kept.keep(candidate.range) {
      found.add(
        .init(
          range: candidate.range, text: candidate.text,
          reason: "it looks like \(candidate.entity)",
          replacement: replacement(of: candidate),
          scoreThousandths: candidate.scoreThousandths))
    }
  }

  private struct Candidate {
    let entity: String
    /// In the source.
    let range: Range<Int>
    let text: String
    let scoreThousandths: Int
  }

  private func gather(
    _ shape: Shape, _ reading: Reading, _ candidates: inout [Candidate], _ found: inout Found
  ) {
    let isFolded = !shape.recogniser.isCaseTold
    let texts = Self.texts(of: reading, isFolded: isFolded)
    for text in texts {
      let isComplete = shape.pattern.forEachMatch(
        in: text.bytes, with: reading.scratch,
        within: MatchLimits(
          contentByteCount: reading.source.count, matchCountMax: Self.candidateCountMax)
      ) { match in
        guard let place = match.groups.first.flatMap({ $0 }) else { return }
        guard let (range, score) = judge(shape, text.bytes, place), score >= scoreThousandthsMin
        else { return }
        let written = String(decoding: text.bytes[range], as: UTF8.self)
        if allowed.contains(Folding.fold(written)) { return }
        candidates.append(
          Candidate(
            entity: shape.recogniser.entity, range: text.source(range), text: written,
            scoreThousandths: score))
      }
      if !isComplete { found.reachMatchLimit() }
    }
  }

  private struct Text {
    let bytes: [UInt8]
    let source: (Range<Int>) -> Range<Int>
  }

  /// What people read, and in markup also what they don't.
  private static func texts(of reading: Reading, isFolded: Bool) -> [Text] {
    var texts = [
      isFolded
        ? Text(bytes: reading.foldedBytes) { reading.source(ofFolded: $0) }
        : Text(bytes: reading.text.bytes) { reading.text.source(of: $0) }
    ]
    guard reading.context.format != .plain else { return texts }
    if isFolded, let raw = reading.foldedSource {
      texts.append(Text(bytes: raw.bytes) { raw.source(of: $0) })
    } else {
      texts.append(Text(bytes: reading.source) { $0 })
    }
    return texts
  }

  private func judge(
    _ shape: Shape, _ text: [UInt8], _ place: Range<Int>
  ) -> (range: Range<Int>, scoreThousandths: Int)? {
    var range = place
    var score = shape.scoreThousandths
    let isTold = shape.recogniser.isCaseTold
    let candidate = text[place].map { !isTold && (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    switch shape.recogniser.judge(candidate) {
    case .invalid: return nil
    case .unknown: break
    case .valid(let byteCount):
      range = place.lowerBound..<place.lowerBound + byteCount
      score = max(score, shape.recogniser.validScoreThousandths)
    }
    if score < 1000, hasContext(shape.recogniser, text, before: place.lowerBound) {
      score = min(1000, max(score + Recogniser.contextBonus, Recogniser.contextFloor))
    }
    return (range, score)
  }

  private func hasContext(_ recogniser: Recogniser, _ text: [UInt8], before place: Int) -> Bool {
    var start = max(0, place - Self.contextBytesMax)
    while start > 0, text[start] & 0xC0 == 0x80 { start += 1 }
    let words = Prose.words(in: text[start..<place]).suffix(Recogniser.contextWordCount)
    return words.contains { word in
      let word = Folding.fold(word)
      return recogniser.context.contains { word == $0 || ($0.count > 3 && word.contains($0)) }
    }
  }

  private func replacement(of candidate: Candidate) -> String {
    switch operators[candidate.entity] ?? operators["DEFAULT"] ?? .replace(nil) {
    case .replace(let text): return text ?? "<\(candidate.entity)>"
    case .remove: return ""
    case .mask(let mark, let keep):
      let count = candidate.text.count
      return String(repeating: mark, count: max(0, count - keep))
        + candidate.text.suffix(min(keep, count / 2))
    }
  }
}
