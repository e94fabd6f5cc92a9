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
  package var progress = CallProgress.answered

  public init(
    _ code: StatusCode, _ message: String, retryAfter: Duration? = nil, reference: String = ""
  ) {
    self.code = code
    self.message = message
    self.retryAfter = retryAfter
    self.reference = reference
  }

  /// The same, where nothing of the call was done.
  package func notBegun() -> RPCError {
    var error = self
    error.progress = .notBegun
    return error
  }

  public var description: String {
    reference.isEmpty ? "\(code): \(message)" : "\(code): \(message) (reference \(reference))"
  }
}

/// Two errors that a caller sees alike are equal.
extension RPCError {
  public static func == (one: RPCError, other: RPCError) -> Bool {
    one.code == other.code && one.message == other.message && one.retryAfter == other.retryAfter
      && one.reference == other.reference
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(message)
  }
}

/// How far a call had come when it failed; decides who may make it again.
package enum CallProgress: Sendable, Hashable {
  /// The server, or whoever it asked, had its say.
  case answered
  /// Nothing of it was done: it may be made again, whatever its method.
  case notBegun
  /// The connection was lost when it was on its way: it may have been done.
  case lost
}
