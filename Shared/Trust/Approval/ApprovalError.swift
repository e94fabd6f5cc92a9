/// Why an approval can't be made or read.
package enum ApprovalError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  case nameInvalid(field: String, name: String, fault: String)
  /// Expiry must lie after the beginning and at most `ApprovalStatement.validityMax` after issue.
  case periodInvalid(issuedAt: Timestamp, notBefore: Timestamp, expiresAt: Timestamp)
  case key(KeyError)

  package var description: String {
    switch self {
    case .malformed(let reason): "the approval is not one that we read: \(reason)"
    case .nameInvalid(let field, let name, let fault): "the approval's \(field) `\(name)` \(fault)"
    case .periodInvalid(let issuedAt, let notBefore, let expiresAt):
      "expected an approval's times to follow one another within \(ApprovalStatement.validityMaxDays) days: issued \(issuedAt), not before \(notBefore), expires \(expiresAt)"
    case .key(let error): error.description
    }
  }
}
