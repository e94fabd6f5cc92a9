/// Why an assertion about a caller can't be made or believed.
package enum AssertionError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  case nameInvalid(field: String, name: String, fault: String)
  case tooMany(field: String, count: Int, max: Int)
  /// Workers never learn who calls.
  case audienceIsWorker
  case signerIsNotGateway(ServiceRole)
  case badSignature
  case otherAudience(expected: ServiceRole, audience: ServiceRole)
  case notYetValid(issuedAt: Timestamp)
  case expired(at: Timestamp)
  case lifetimeInvalid(issuedAt: Timestamp, expiresAt: Timestamp)
  case key(KeyError)

  package var description: String {
    switch self {
    case .malformed(let reason): "the assertion is not one that we read: \(reason)"
    case .nameInvalid(let field, let name, let fault): "the assertion's \(field) `\(name)` \(fault)"
    case .tooMany(let field, let count, let max):
      "expected at most \(max) \(field) in an assertion, got \(count)"
    case .audienceIsWorker: "an assertion about a caller never goes to a worker"
    case .signerIsNotGateway(let role): "expected a gateway to sign an assertion, got `\(role)`"
    case .badSignature: "the assertion is not signed by a gateway known here"
    case .otherAudience(let expected, let audience):
      "expected an assertion for `\(expected)`, this one is for `\(audience)`"
    case .notYetValid(let issuedAt): "the assertion is issued in the future, at \(issuedAt)"
    case .expired(let moment): "the assertion expired at \(moment)"
    case .lifetimeInvalid(let issuedAt, let expiresAt):
      "expected an assertion to last at most \(CallerAssertion.lifetimeMax), got \(issuedAt) to \(expiresAt)"
    case .key(let error): error.description
    }
  }
}
