/// Why something is no signature of a model that can be served.
package enum SignatureError: Error, Sendable, Equatable {
  /// `role` is `input` or `output`.
  case emptyName(role: String)
  case repeatedName(String, role: String)
  case noOutput(unavailable: [ModelSignature.UnavailableOutput])
  case unknownFormat(Int)
  case notASignature(reason: String)
}

extension SignatureError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .emptyName(let role): "an \(role) of the model has an empty name; name it and export again"
    case .repeatedName(let name, let role):
      "two \(role)s of the model are named \(quoted(name)); names must be distinct"
    case .noOutput(let unavailable) where unavailable.isEmpty: "the model has no output"
    case .noOutput(let unavailable):
      "no output of the model is a tensor ("
        + unavailable.map { "\(quoted($0.name)) is \($0.kind)" }.joined(separator: ", ")
        + "); export it with tensor outputs, for scikit-learn with `zipmap: False`"
    case .unknownFormat(let format):
      "the signature has format \(format), expected \(ModelSignature.fileFormat); update slipway"
    case .notASignature(let reason): "the signature can't be read: \(reason)"
    }
  }
}
