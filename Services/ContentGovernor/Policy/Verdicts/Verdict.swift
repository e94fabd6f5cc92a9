/// What a bundle says of content. The same bundle and the same bytes give the same verdict for ever, by
/// the same checker.
package struct Verdict: Sendable, Hashable {
  /// The worst of the findings; `allow` if there are none.
  package let action: VerdictAction
  /// By place, then by rule; independent of the order of the rules in the bundle.
  package let findings: [Finding]
  /// The content without what was to be redacted, if anything was, whatever the action: what is held
  /// for a person can be shown so.
  package let redacted: [UInt8]?
  /// `sha256:` and the digest of the bundle.
  package let bundleDigest: String
  /// The version of the rules' meaning and of the libraries that decide: another one may see things
  /// differently, and a verdict is repeated only by its own.
  package let checker: String

  package init(
    findings: [Finding], redacted: [UInt8]?, bundleDigest: String, checker: String
  ) {
    action = findings.map(\.action).max() ?? .allow
    self.findings = findings
    self.redacted = redacted
    self.bundleDigest = bundleDigest
    self.checker = checker
  }
}
