internal import Matching

/// What a rule does with content.
protocol RuleBody: Sendable {
  /// The patterns without one of which the rule has nothing to find; none for a rule that always looks.
  var entries: [PrefilterEntry] { get }

  /// - Parameter hits: which of `entries` may match, in order.
  func look(at reading: Reading, hits: [Int], _ found: inout Found)
}

/// A rule of a bundle, ready to run.
struct CompiledRule: Sendable {
  let name: String
  let kind: String
  let action: VerdictAction
  let reason: String
  /// The rule is for these only; for all if empty.
  let channels: Set<String>
  let locales: [String]
  let body: any RuleBody
  /// More findings than these are not told; all are if `nil`.
  var findingsMax: Int?

  func concerns(_ context: CheckContext) -> Bool {
    guard channels.isEmpty || channels.contains(context.channel) else { return false }
    return locales.isEmpty
      || locales.contains { locale in
        context.locale == locale || context.locale.hasPrefix(locale + "-")
      }
  }
}
