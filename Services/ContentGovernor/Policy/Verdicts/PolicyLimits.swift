/// The bounds of a check and of a bundle.
package enum PolicyLimits {
  /// One piece of content; longer ones are refused before they are read.
  package static let contentBytesMax = 16 << 20
  /// All files of a bundle together, dictionaries too.
  package static let bundleBytesMax = 32 << 20
  package static let bundleFileCountMax = 2_000
  package static let ruleCountMax = 20_000
  package static let faultCountMax = 100
  /// Findings of one rule in one piece of content; more make it a `hold` that says so.
  package static let findingsPerRuleMax = 1_000
  /// Of the text that a finding quotes.
  package static let quotedBytesMax = 512
  package static let patternBytesMax = 64 << 10
}
