/// Makes a verdict of what rules found.
struct VerdictWriter {
  struct Result {
    let rule: CompiledRule
    let found: Found
  }

  let source: [UInt8]
  let results: [Result]

  func verdict(bundleDigest: String) -> Verdict {
    let redaction = Redaction(source, parts: cuts, secrets: secrets)
    let places = results.flatMap {
      $0.found.parts.flatMap { [$0.range.lowerBound, $0.range.upperBound] }
    }
    let positions = Positions(places + [0], in: source)
    var findings: [Finding] = []
    for result in results {
      for part in result.found.parts {
        findings.append(finding(part, of: result.rule, positions, redaction))
      }
      if let limit = result.found.limit {
        findings.append(Self.unfinished(result.rule, limit, positions.span(0..<0)))
      }
    }
    return Verdict(
      findings: Self.ordered(findings), redacted: redaction?.apply(to: source),
      bundleDigest: bundleDigest, checker: PolicyBundle.checker)
  }

  /// Content that is no text: nothing can be said of it.
  static func unreadable(at place: Int, bundleDigest: String) -> Verdict {
    let span = ContentSpan(bytes: place..<place, characters: 0..<0)
    let finding = Finding(
      rule: "content.encoding", kind: "encoding", action: .hold, span: span, text: "",
      reason: "it is no valid UTF-8 from byte \(place) on")
    return Verdict(
      findings: [finding], redacted: nil, bundleDigest: bundleDigest,
      checker: PolicyBundle.checker)
  }

  /// No verdict could be reached: it is for a person.
  static func unchecked(_ cause: String, bundleDigest: String) -> Verdict {
    let finding = Finding(
      rule: "content.unchecked", kind: "limit", action: .hold,
      span: ContentSpan(bytes: 0..<0, characters: 0..<0), text: "", reason: cause)
    return Verdict(
      findings: [finding], redacted: nil, bundleDigest: bundleDigest,
      checker: PolicyBundle.checker)
  }

  private func finding(
    _ part: Found.Part, of rule: CompiledRule, _ positions: Positions, _ redaction: Redaction?
  ) -> Finding {
    let action = part.action ?? rule.action
    var text = part.text ?? quote(part.range)
    var reason = part.reason ?? rule.reason
    var fix = part.fix
    if let redaction {
      if action == .redact {
        text = part.replacement ?? Self.replacement(of: rule)
      } else if redaction.touches(part.range) {
        let shown = redaction.shown(source, part.range)
        // Rules quote what they found.
        reason = text.isEmpty ? reason : reason.replacing(text, with: shown)
        text = shown
        fix = nil
      }
      (text, reason) = (redaction.clean(text), redaction.clean(reason))
      fix = fix.map(redaction.clean)
    }
    return Finding(
      rule: rule.name, kind: rule.kind, action: action, span: positions.span(part.range),
      text: Self.cut(text), reason: Self.cut(reason), fix: fix.map(Self.cut),
      scoreThousandths: part.scoreThousandths)
  }

  private var redacted: [(part: Found.Part, rule: CompiledRule)] {
    results.flatMap { result in
      result.found.parts.compactMap { part in
        (part.action ?? result.rule.action) == .redact && !part.range.isEmpty
          ? (part, result.rule) : nil
      }
    }
  }

  private var cuts: [(range: Range<Int>, replacement: String, score: Int)] {
    redacted.map {
      (
        $0.part.range, $0.part.replacement ?? Self.replacement(of: $0.rule),
        $0.part.scoreThousandths
      )
    }
  }

  /// Personal data is gone wherever it stands; other words only where the rule found them.
  private var secrets: [[UInt8]] {
    redacted.filter { $0.rule.kind == PersonalDataRule.kind }.flatMap { item in
      [Array(source[item.part.range])] + (item.part.text.map { [Array($0.utf8)] } ?? [])
    }
  }

  private func quote(_ range: Range<Int>) -> String {
    String(decoding: source[range], as: UTF8.self)
  }

  private static func replacement(of rule: CompiledRule) -> String { "<REDACTED>" }

  private static func unfinished(
    _ rule: CompiledRule, _ limit: String, _ span: ContentSpan
  ) -> Finding {
    Finding(
      rule: rule.name, kind: rule.kind, action: max(.hold, rule.action), span: span, text: "",
      reason: "\(limit) was reached, so that a person must look")
  }

  /// By place, then by what they say: no trace of the order in which rules were run.
  private static func ordered(_ findings: [Finding]) -> [Finding] {
    func key(_ finding: Finding) -> (Int, Int, String, String) {
      (finding.span.bytes.lowerBound, finding.span.bytes.upperBound, finding.rule, finding.reason)
    }
    var seen: Set<Finding> = []
    return findings.filter { seen.insert($0).inserted }.sorted {
      key($0) == key($1) ? ($0.text, $0.fix ?? "") < ($1.text, $1.fix ?? "") : key($0) < key($1)
    }
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > PolicyLimits.quotedBytesMax else { return text }
    var bytes = Array(text.utf8.prefix(PolicyLimits.quotedBytesMax))
    while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
    if !bytes.isEmpty { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self) + "…"
  }
}
