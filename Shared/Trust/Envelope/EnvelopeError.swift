/// Why bytes are not a signed envelope, or can't become one.
package enum EnvelopeError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  case key(KeyError)

  package var description: String {
    switch self {
    case .malformed(let reason): reason
    case .key(let error): error.description
    }
  }
}
