/// The evaluation and the policy bundle that approvers had before them when they signed.
package struct AgreedDigests: Hashable, Sendable, CustomStringConvertible {
  package let evaluation: ContentDigest?
  package let policyBundle: ContentDigest?

  package var description: String {
    "evaluation \(evaluation?.description ?? "none"), policy \(policyBundle?.description ?? "none")"
  }
}
