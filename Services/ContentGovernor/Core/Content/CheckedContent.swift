import ContentPolicy
import Contracts

/// Content with what policy says of it.
struct CheckedContent: Sendable {
  let content: [UInt8]
  /// Empty where none is in force.
  let bundle: String
  /// What is kept of the verdict: action, findings, redacted content.
  let verdict: Content.Revision
  /// Neither blocked nor with parts that must be taken out first.
  let isApprovable: Bool

  init(_ content: [UInt8], _ verdict: Verdict?) {
    self.content = content
    bundle = verdict?.bundleDigest ?? ""
    isApprovable = verdict.map { $0.action != .block && $0.redacted == nil } ?? true
    self.verdict = Content.Revision(
      verdict: (verdict?.action ?? .allow).rawValue,
      findings: verdict?.findings.map { finding in
        Content.Finding(
          rule: finding.rule, action: finding.action.rawValue,
          start: UInt32(clamping: finding.span.bytes.lowerBound),
          end: UInt32(clamping: finding.span.bytes.upperBound), reason: finding.reason,
          fix: finding.fix ?? "")
      } ?? [], redacted: verdict?.redacted ?? [])
  }
}

/// Asks the policy; without an answer nothing goes on.
struct ContentCheck: Sendable {
  let policy: any PolicyChecking

  /// - Throws: `unavailable` where there is no verdict.
  func check(
    _ content: [UInt8], for purpose: Purpose, origin: Content.Origin
  ) async throws(ContentError) -> CheckedContent {
    guard let bundle = try await self.bundle(for: purpose, origin: origin) else {
      return CheckedContent(content, nil)
    }
    do throws(PolicyError) {
      return CheckedContent(
        content,
        try await policy.check(
          content,
          in: CheckContext(purpose.format, channel: purpose.channel, locale: purpose.locale),
          against: bundle))
    } catch {
      throw Self.unavailable(error)
    }
  }

  /// The bundle in force, nil for none.
  func bundle(
    for purpose: Purpose, origin: Content.Origin
  ) async throws(ContentError) -> String? {
    do throws(PolicyError) {
      return try await policy.bundleInForce(
        for: PolicyTarget(
          model: origin.model.isEmpty ? nil : origin.model, channel: purpose.channel,
          locale: purpose.locale))
    } catch {
      throw Self.unavailable(error)
    }
  }

  private static func unavailable(_ error: PolicyError) -> ContentError {
    if case .contentTooLong = error { return .invalid("\(error)") }
    return .unavailable("the policy gave no verdict, so nothing was taken: \(error)")
  }
}
