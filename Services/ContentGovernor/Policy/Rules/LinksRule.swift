internal import Matching

/// Where links may lead.
struct LinksRule: RuleBody {
  /// Hosts and what is below them; any if empty.
  let allowed: [String]
  let denied: [String]
  let isSecureOnly: Bool
  let countMax: Int?
  let pattern: Pattern

  static let source =
    #"(?i)(?<![\p{L}\p{N}_.@-])(?:[a-z][a-z0-9+.-]{1,15}://|www\.|mailto:|javascript:|data:)[^\s<>"'\x60|\\^{}\[\]]*[^\s<>"'\x60|\\^{}\[\].,;:!?)]"#

  /// Links of markup are not in the text.
  var entries: [PrefilterEntry] { [] }

  func look(at reading: Reading, hits: [Int], _ found: inout Found) {
    var links: [(range: Range<Int>, target: String)] = reading.document?.links ?? []
    let isComplete = pattern.forEachMatch(
      in: reading.text.bytes, with: reading.scratch, within: reading.limits
    ) { match in
      let target = String(decoding: reading.text.bytes[match.range], as: UTF8.self)
      let range = reading.text.source(of: match.range)
      if !links.contains(where: { $0.range.overlaps(range) }) { links.append((range, target)) }
    }
    if !isComplete { found.reachMatchLimit() }
    links.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (place, link) in links.enumerated() {
      if let reason = fault(of: link.target) {
        found.add(link.range, text: link.target, reason: reason)
      } else if let countMax, place >= countMax {
        found.add(link.range, text: link.target, reason: "at most \(countMax) links are allowed")
      }
    }
  }

  private func fault(of target: String) -> String? {
    let folded = Folding.fold(target)
    guard let host = Self.host(of: folded) else {
      // A place on the same site, an address or a script.
      for scheme in ["javascript:", "data:", "vbscript:"] where folded.hasPrefix(scheme) {
        return "links with `\(scheme)` are not allowed"
      }
      return nil
    }
    if isSecureOnly, folded.hasPrefix("http:") { return "links must begin with `https:`" }
    if denied.contains(where: { Self.isWithin(host, $0) }) {
      return "links to `\(host)` are not allowed"
    }
    if !allowed.isEmpty, !allowed.contains(where: { Self.isWithin(host, $0) }) {
      return "only links to \(allowed.map { "`\($0)`" }.joined(separator: ", ")) are allowed"
    }
    return nil
  }

  private static func host(of target: String) -> String? {
    var rest = Substring(target)
    if let scheme = rest.range(of: "://") {
      rest = rest[scheme.upperBound...]
    } else if rest.hasPrefix("//") {
      rest = rest.dropFirst(2)
    } else if !rest.hasPrefix("www.") {
      return nil
    }
    rest = rest.prefix { !"/?#\\".contains($0) }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    return String(rest.prefix { $0 != ":" })
  }

  private static func isWithin(_ host: String, _ domain: String) -> Bool {
    host == domain || host.hasSuffix("." + domain)
  }
}

extension Substring {
  fileprivate func range(of word: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(word) {
        return start..<(index(start, offsetBy: word.count))
      }
      start = index(after: start)
    }
    return nil
  }
}
