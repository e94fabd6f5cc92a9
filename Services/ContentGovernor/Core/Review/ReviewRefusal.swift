/// Why something can't happen to an item now.
enum ReviewRefusal: Error, Hashable, Sendable {
  case erased
  case recalled
  case notPending
  case notUnderReview
  case notDue
  case tooLate
  case otherContent
  case notAsked(step: String, roles: [String])
  case ownWork
  case approvedAlready
  case notApprovable
  case notApproved(needs: String, step: String)
  case notReleasable
  case endsInThePast

  /// For whoever asked, with what to do.
  var message: String {
    switch self {
    case .erased: "its content was erased"
    case .recalled: "it was recalled for good: submit the content as a new item"
    case .notPending: "it waits for no decision and no release"
    case .notUnderReview: "no step of its review is open: `slipway item show` says how it stands"
    case .notDue: "its time is not over"
    case .tooLate:
      "the time of its step is over, and silence approves nothing: revise it to begin anew"
    case .otherContent:
      "it is not what you looked at: somebody changed its content, its purpose, its policy or its "
        + "workflow since; look again"
    case .notAsked(let step, let roles):
      "its open step `\(step)` asks \(roles.map { "`\($0)`" }.joined(separator: ", ")), "
        + "and you are none of them"
    case .ownWork: "you wrote some of it: somebody else decides"
    case .approvedAlready: "you have approved it already: each step needs another person"
    case .notApprovable:
      "policy does not let it through as it is: `slipway item show` has the findings, revise it"
    case .notApproved(let needs, let step):
      "it is not approved: its step `\(step)` needs \(needs)"
    case .notReleasable: "it is not approved: `slipway item show` says how it stands"
    case .endsInThePast: "expected the release to end in the future"
    }
  }
}
