/// Which blocks a rule of Vale is for: any of its alternatives, of which every part must hold.
struct ScopeSelector: Sendable, Hashable {
  private struct Part: Sendable, Hashable {
    let sections: [String]
    let isNegated: Bool
  }

  private let alternatives: [[Part]]
  /// For document-wide rules, which look for themselves.
  static let summary = ScopeSelector(alternatives: [[Part(sections: ["summary"], isNegated: false)]]
  )

  private static let known: Set = [
    "text", "heading", "h1", "h2", "h3", "h4", "h5", "h6", "table", "header", "cell", "caption",
    "figure", "list", "paragraph", "sentence", "blockquote", "alt", "attr", "title", "link",
    "strong", "emphasis", "code", "raw", "summary", "md", "html", "txt",
  ]

  private init(alternatives: [[Part]]) { self.alternatives = alternatives }

  /// `nil` if a part is no scope of text, Markdown or HTML.
  init?(_ scopes: [String]) {
    var alternatives: [[Part]] = []
    for scope in scopes {
      var parts: [Part] = []
      for part in scope.split(separator: "&") {
        let trimmed = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
        let isNegated = trimmed.first == "~"
        let name = String(isNegated ? Array(trimmed.dropFirst()) : Array(trimmed))
        let sections = name.split(separator: ".").map(String.init)
        guard !sections.isEmpty, sections.allSatisfy(Self.known.contains) else { return nil }
        parts.append(Part(sections: sections, isNegated: isNegated))
      }
      if parts.isEmpty { return nil }
      alternatives.append(parts)
    }
    self.alternatives = alternatives
  }

  func matches(_ scope: [String]) -> Bool {
    alternatives.contains { parts in
      parts.allSatisfy { part in
        let holds = part.sections.allSatisfy(scope.contains)
        guard part.isNegated else { return holds }
        // Wider than what is negated.
        return !holds && scope.first != "raw" && scope.first != "summary"
      }
    }
  }
}
