/// A call that did not end well, as its caller sees it.
///
/// The message is for a person: what was wrong, what was expected, what to do. The cause stays in the
/// log of the service that failed; `reference` names it there.
public struct RPCError: Error, Sendable, Hashable, CustomStringConvertible {
  public var code: StatusCode
  public var message: String
  /// When it is worth trying again; `nil` for no advice.
  public var retryAfter: Duration?
  public var reference: String

  public init(
    _ code: StatusCode, _ message: String, retryAfter: Duration? = nil, reference: String = ""
  ) {
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
    self.reference = reference
  }

  public var description: String {
    reference.isEmpty ? "\(code): \(message)" : "\(code): \(message) (reference \(reference))"
  }
}
