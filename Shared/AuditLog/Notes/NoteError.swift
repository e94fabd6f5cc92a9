/// Why a text is no signed note, checkpoint, key or proof, or is not to be believed.
package enum NoteError: Error, Equatable, CustomStringConvertible {
  case malformed(String)
  /// None of the signatures is by a key that the reader trusts.
  case unsigned(expected: String)
  /// A signature claims to be by a trusted key and is not.
  case badSignature(name: String)

  package var description: String {
    switch self {
    case .malformed(let reason): reason
    case .unsigned(let expected): "expected a signature by \(expected), there is none"
    case .badSignature(let name): "the signature of `\(name)` does not hold"
    }
  }
}
