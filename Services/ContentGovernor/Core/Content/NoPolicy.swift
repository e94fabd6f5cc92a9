package import ContentPolicy

/// For a governor to which no policy was ever pushed: no bundle is in force for anything.
package struct NoPolicy: PolicyChecking {
  package init() {}

  package func bundleInForce(for target: PolicyTarget) async throws(PolicyError) -> String? { nil }

  package func check(
    _ content: [UInt8], in context: CheckContext, against bundleDigest: String
  ) async throws(PolicyError) -> Verdict {
    throw .bundleUnknown(digest: bundleDigest)
  }
}
