/// Why a version may not be loaded. Final until someone signs, mends a file or changes trust.
package enum DeploymentRefusal: Error, Equatable, CustomStringConvertible {
  case manifest(ManifestError)
  /// The manifest was signed for another model than the one asked for.
  case modelNameDiffers(expected: String, manifest: String)
  /// No key in the trust file has this hint.
  case pusherUnknown(hint: String)
  case pusherKeyRevoked(person: String, key: KeyIdentifier)
  case pusherKeyExpired(person: String, key: KeyIdentifier, at: Timestamp)
  case pusherLacksRole(person: String)
  case tooManyApprovals(count: Int)
  /// Fewer people than required have a counting approval; `disregarded` says why others do not.
  case notEnoughApprovers(required: Int, counted: [String], disregarded: [DisregardedApproval])
  /// Enough people approved, but not with the same evaluation and policy bundle.
  case approversDisagree(required: Int, [AgreedDigests: [String]])

  package var description: String {
    switch self {
    case .manifest(let error): return error.description
    case .modelNameDiffers(let expected, let manifest):
      return "expected a manifest for the model `\(expected)`, this one is for `\(manifest)`"
    case .pusherUnknown(let hint):
      return "the manifest is signed by a key that the trust file does not list (hint `\(hint)`)"
    case .pusherKeyRevoked(let person, let key):
      return "the manifest is signed by the revoked key `\(key.short)` of `\(person)`"
    case .pusherKeyExpired(let person, let key, let moment):
      return
        "the manifest is signed by the key `\(key.short)` of `\(person)`, which expired at \(moment)"
    case .pusherLacksRole(let person):
      return "the manifest is signed by `\(person)`, who is not a pusher in the trust file"
    case .tooManyApprovals(let count):
      return "expected at most \(DeploymentVerifier.approvalsMax) approvals, got \(count)"
    case .notEnoughApprovers(let required, let counted, let disregarded):
      let names = counted.isEmpty ? "none" : counted.map { "`\($0)`" }.joined(separator: ", ")
      let reasons = disregarded.map { "; \($0)" }.joined()
      return "expected approvals of \(required) people, got \(counted.count) (\(names))\(reasons)"
    case .approversDisagree(let required, let groups):
      let views = groups.map { digests, people in
        "\(people.map { "`\($0)`" }.joined(separator: ", ")) on \(digests)"
      }
      return
        "expected \(required) approvers to agree on evaluation and policy, got \(views.sorted().joined(separator: "; "))"
    }
  }
}
