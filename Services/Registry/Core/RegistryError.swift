/// Why the registry did not do what was asked, as its caller is told.
///
/// The message says what was wrong, what was expected and what to do, with input in backticks.
package enum RegistryError: Error, Sendable, Hashable {
  /// The request can never succeed as it is.
  case invalid(String)
  /// Nothing of that name is here.
  case missing(String)
  /// The name is taken by something else.
  case taken(String)
  /// Somebody else was faster; read again and decide again.
  case conflict(String)
  /// The state of the registry does not allow it yet.
  case refused(String)
  /// This caller may not.
  case forbidden(String)
  /// A limit is reached or the disk is full.
  case exhausted(String)
  /// What is stored is not what was stored: never served, never retried.
  case corrupt(String)
  /// The registry's own fault; the cause belongs into its log only.
  case failed(cause: String)

  package var message: String {
    switch self {
    case .invalid(let message), .missing(let message), .taken(let message),
      .conflict(let message), .refused(let message), .forbidden(let message),
      .exhausted(let message), .corrupt(let message):
      message
    case .failed:
      "the registry could not do this; its log has the cause"
    }
  }
}

/// For the log and for whoever starts the registry: with the cause.
extension RegistryError: CustomStringConvertible {
  package var description: String {
    if case .failed(let cause) = self { cause } else { message }
  }
}
