/// A signature under an approval that does not count, and why.
package struct DisregardedApproval: Hashable, Sendable, CustomStringConvertible {
  package enum Reason: Hashable, Sendable {
    case otherModel(String)
    case otherVersion(String)
    case otherEnvironment(String)
    case otherManifest(ContentDigest)
    case otherEvaluation(ContentDigest?)
    case otherPolicyBundle(ContentDigest?)
    case notYetValid(from: Timestamp)
    case expired(at: Timestamp)
    case unknownKey
    case revokedKey(person: String)
    case expiredKey(person: String, at: Timestamp)
    case notAnApprover(person: String)
    case badSignature(person: String)
    case approverIsPusher(person: String)
    /// This person's approval counts already.
    case personTwice(person: String)
  }

  /// The place among the approvals given, from 0.
  package let approvalIndex: Int
  /// The key that the signature names, unproven.
  package let keyIdentifier: String
  package let reason: Reason

  package var description: String {
    "approval \(approvalIndex + 1) (key `\(keyIdentifier.prefix(12))`) \(sentence)"
  }

  private var sentence: String {
    switch reason {
    case .otherModel(let name): "is for the model `\(name)`"
    case .otherVersion(let version): "is for version `\(version)`"
    case .otherEnvironment(let environment): "is for the environment `\(environment)`"
    case .otherManifest(let digest): "is for the manifest \(digest)"
    case .otherEvaluation(let digest?): "is for the evaluation \(digest)"
    case .otherEvaluation(nil): "is for no evaluation"
    case .otherPolicyBundle(let digest?): "is for the policy \(digest)"
    case .otherPolicyBundle(nil): "is for no policy"
    case .notYetValid(let moment): "is not valid before \(moment)"
    case .expired(let moment): "expired at \(moment)"
    case .unknownKey: "is signed by a key that the trust file does not list"
    case .revokedKey(let person): "is signed by a revoked key of `\(person)`"
    case .expiredKey(let person, let moment):
      "is signed by a key of `\(person)` that expired at \(moment)"
    case .notAnApprover(let person): "is signed by `\(person)`, who is not an approver"
    case .badSignature(let person): "has a signature that is not by the key of `\(person)` it names"
    case .approverIsPusher(let person): "is signed by `\(person)`, who pushed this version"
    case .personTwice(let person): "is a further one by `\(person)`, who counts once"
    }
  }
}
