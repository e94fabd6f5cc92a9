/// Why an entry can't be made, or bytes are not one.
package enum AuditEntryError: Error, Equatable, CustomStringConvertible {
  /// `field` and the end of a sentence about it.
  case invalid(field: String, fault: String)
  case tooLong(lengthBytes: Int)
  case malformed(String)

  package var description: String {
    switch self {
    case .invalid(let field, let fault): "the entry's field `\(field)` \(fault)"
    case .tooLong(let length):
      "expected an audit entry of at most \(AuditEntry.lengthMaxBytes) bytes, got \(length)"
    case .malformed(let reason): "the bytes are not an audit entry: \(reason)"
    }
  }
}
