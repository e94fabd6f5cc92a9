/// Decides what may go on. The governor's own parts call it in process; it fails closed: whoever gets
/// no verdict has none that allows.
package protocol PolicyChecking: Sendable {
  /// The digest of the approved bundle that is in force for `target`, `nil` if none is bound to it.
  func bundleInForce(for target: PolicyTarget) async throws(PolicyError) -> String?

  /// Content of up to ``PolicyLimits/contentBytesMax`` bytes, held against the bundle of that digest.
  func check(
    _ content: [UInt8], in context: CheckContext, against bundleDigest: String
  ) async throws(PolicyError) -> Verdict
}
