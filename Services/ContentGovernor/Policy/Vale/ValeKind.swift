/// Vale's extension points that are supported.
enum ValeKind: String, CaseIterable {
  case existence
  case substitution
  case occurrence
  case repetition
  case consistency
  case conditional
  case capitalization
  case metric
  case readability
  case spelling

  /// Fields that say nothing to a machine are among them.
  static let everyField = [
    "extends", "message", "description", "level", "scope", "link", "limit", "action", "name",
    "source", "author", "authors", "references", "tags", "vocab", "pos", "in", "code", "path",
  ]

  var fields: [String] {
    switch self {
    case .existence: ["tokens", "raw", "exceptions", "append", "ignorecase", "nonword"]
    case .substitution: ["swap", "exceptions", "ignorecase", "nonword", "capitalize"]
    case .occurrence: ["token", "max", "min", "ignorecase"]
    case .repetition: ["tokens", "max", "ignorecase", "alpha", "exceptions"]
    case .consistency: ["either", "nonword", "ignorecase"]
    case .conditional: ["first", "second", "exceptions", "ignorecase"]
    case .capitalization: ["match", "style", "exceptions", "indicators", "threshold", "prefix"]
    case .metric: ["formula", "condition"]
    case .readability: ["metrics", "grade"]
    case .spelling:
      [
        "custom", "filters", "ignore", "exceptions", "dictionaries", "dic", "aff", "dicpath",
        "append", "threshold",
      ]
    }
  }
}
