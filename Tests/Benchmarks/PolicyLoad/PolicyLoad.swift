import ContentPolicy
import Foundation

/// Checks in process, on one core: what `scripts/bench governor` measures.
///
/// `policy-load SECONDS` prints one JSON object a line for each text: checks a second, and how long one
/// takes.
@main
enum PolicyLoad {
  static let termCount = 1_000
  static let patternCount = 40
  static let contentByteCount = 1024

  static func main() throws {
    let seconds = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 3
    let bundle = try PolicyBundle.compile([
      BundleFile(path: "policy.yml", content: Array(policy().utf8))
    ])
    for (name, content) in contents() {
      let figures = measure(bundle, content, seconds: seconds)
      let verdict = bundle.check(content, in: CheckContext())
      print(
        "{\"text\": \"\(name)\", \"bytes\": \(content.count), "
          + "\"findings\": \(verdict.findings.count), "
          + "\"checks_per_second\": \(figures.perSecond), \"p50_us\": \(figures.p50), "
          + "\"p99_us\": \(figures.p99)}")
    }
  }

  private static func measure(
    _ bundle: PolicyBundle, _ content: [UInt8], seconds: Int
  ) -> (perSecond: Double, p50: Double, p99: Double) {
    let clock = ContinuousClock()
    let context = CheckContext()
    for _ in 0..<2_000 { _ = bundle.check(content, in: context) }
    var times: [Duration] = []
    times.reserveCapacity(1 << 20)
    let start = clock.now
    let end = start.advanced(by: .seconds(seconds))
    var last = start
    while last < end {
      _ = bundle.check(content, in: context)
      let now = clock.now
      times.append(last.duration(to: now))
      last = now
    }
    let total = start.duration(to: last) / .seconds(1)
    times.sort()
    return (
      Double(times.count) / total, times[times.count / 2] / .microseconds(1),
      times[times.count * 99 / 100] / .microseconds(1)
    )
  }

  /// 1,000 terms, with forms, and 40 patterns of the kinds that style guides have.
  private static func policy() -> String {
    var text = "policy: bench\nversion: '1'\nrules:\n  - name: terms\n    kind: terms\n"
    text += "    forms: english\n    words:\n"
    for number in 0..<termCount {
      let word = word(number)
      text += "      - \(number % 3 == 0 ? "\(word) \(self.word(number * 7 + 3))" : word)\n"
    }
    for number in 0..<patternCount {
      let word = word(number + 5_000)
      let shape = [
        #"\b(?:really|very) \#(word)\b"#, #"(?i)\b\#(word)(?:ly|ness)?\b"#,
        #"(?<!not )\#(word)\s+\d+%"#, #"\b[A-Z]{2,}-\#(word)\d{3}\b"#,
        #"\#(word)(?=\s+guarantee)"#, #"\b\d{1,3}x \#(word)er\b"#,
        #"(?i)\#(word)[!?]{2,}"#, #"\b(\w+) \#(word) \1\b"#,
      ][number % 8]
      text += "  - name: pattern\(number)\n    kind: pattern\n    pattern: '\(shape)'\n"
    }
    return text
  }

  /// Words that look like words, and are in no text but where they are put.
  private static func word(_ number: Int) -> String {
    let (starts, middles, ends) = (
      ["br", "cl", "dr", "fl", "gr", "pl", "sk", "sn", "st", "tr"],
      ["a", "e", "i", "o", "u", "ai", "ea", "io", "oa", "ou"],
      ["mber", "ntic", "rdle", "shol", "ttom", "vand", "wark", "xent", "zard", "lque"]
    )
    return starts[number % 10] + middles[number / 10 % 10] + ends[number / 100 % 10]
      + (number >= 1_000 ? starts[number / 1_000 % 10] : "")
  }

  private static func contents() -> [(String, [UInt8])] {
    let copy = """
      Our new collection is here. Light jackets, warm scarves and shoes that last through every \
      season, made by people who know their craft. Try them on in the store near you, or order \
      today and send back what does not fit: the way home is free for thirty days. Members see the \
      spring line first and earn points with every order, which can be spent on anything from a \
      pair of socks to a tailored coat. We use organic cotton wherever we can, and say so on the \
      label when we can not. Questions? The team answers every day from eight in the morning until \
      ten at night, by chat, by mail or on the phone, in nine languages.
      """
    func filled(_ copy: String) -> [UInt8] {
      var text = Array(copy.utf8)
      while text.count < contentByteCount { text += Array((" " + copy).utf8) }
      text = Array(text.prefix(contentByteCount))
      while String(validating: text, as: UTF8.self) == nil { text.removeLast() }
      return text
    }
    let found = "A \(word(42))ing offer, \(word(77)) and very \(word(5_000)). " + copy
    return [
      ("clean", filled(copy)), ("with findings", filled(found)),
      ("typographic", filled("“Größe zählt” — sagt niemand… " + copy)),
    ]
  }
}
