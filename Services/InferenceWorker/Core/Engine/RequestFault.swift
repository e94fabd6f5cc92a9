/// Why a request does not fit a model; the description is for the caller.
package enum RequestFault: Error, Sendable, Equatable {
  case unknownInput(String, expected: [String])
  case missingInput(String, expected: TensorSpec)
  case repeatedInput(String)
  case wrongDatatype(input: String, TensorDataType, expected: TensorDataType)
  case wrongRank(input: String, shape: [Int], expected: TensorSpec)
  case tooManyDimensions(input: String, rank: Int)
  case wrongDimension(input: String, axis: Int, shape: [Int], expected: TensorSpec)
  case negativeDimension(input: String, axis: Int, shape: [Int])
  case tooLongDimension(input: String, axis: Int, shape: [Int])
  case tooManyElements(input: String, shape: [Int])
  /// The dimension at `axis` is not `other.length`, which the same symbol has there.
  case inconsistentSymbol(String, input: String, axis: Int, length: Int, other: SymbolUse)
  case wrongByteCount(input: String, Int, expected: Int, datatype: TensorDataType, shape: [Int])
  case wrongStringCount(input: String, Int, expected: Int, shape: [Int])
  /// Strings for a datatype of fixed width, or raw bytes for BYTES.
  case wrongContents(input: String, datatype: TensorDataType)
  case invalidBool(input: String, element: Int, value: UInt8)
  case unknownOutput(String, expected: [String])
  case unavailableOutput(String, kind: String)
  case repeatedOutput(String)

  /// Where a symbolic dimension got its length in a request.
  package struct SymbolUse: Sendable, Equatable {
    package var input: String
    package var axis: Int
    package var length: Int

    package init(input: String, axis: Int, length: Int) {
      self.input = input
      self.axis = axis
      self.length = length
    }
  }
}

extension RequestFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownInput(let name, let expected):
      "the model has no input \(quoted(name)); it takes \(Self.list(expected))"
    case .missingInput(let name, let expected):
      "input \(quoted(name)) is missing; expected \(expected.datatype.rawValue) of "
        + Self.expected(expected)
    case .repeatedInput(let name): "input \(quoted(name)) is there twice; expected it once"
    case .wrongDatatype(let input, let datatype, let expected):
      "input \(quoted(input)) has datatype \(datatype.rawValue); expected \(expected.rawValue)"
    case .wrongRank(let input, let shape, let expected):
      Self.has(input, shape) + " of rank \(shape.count); expected \(Self.expected(expected))"
    case .tooManyDimensions(let input, let rank):
      "input \(quoted(input)) has \(rank) dimensions; expected at most \(RequestValidator.rankMax)"
    case .wrongDimension(let input, let axis, let shape, let expected):
      Self.has(input, shape) + "; expected \(Self.expected(expected)), dimension \(axis) differs"
    case .negativeDimension(let input, let axis, let shape):
      Self.has(input, shape) + "; expected 0 or more in dimension \(axis)"
    case .tooLongDimension(let input, let axis, let shape):
      Self.has(input, shape)
        + "; expected at most \(RequestValidator.dimensionMax) in dimension \(axis)"
    case .tooManyElements(let input, let shape):
      Self.has(input, shape) + "; expected fewer than 2^63 bytes"
    case .inconsistentSymbol(let symbol, let input, let axis, let length, let other):
      "dimension \(axis) of input \(quoted(input)) is \(length); expected \(other.length) as in "
        + "dimension \(other.axis) of input \(quoted(other.input))"
        + (TensorSpec.Dimension.isForPeople(symbol) ? ": both are \(quoted(symbol))" : "")
    case .wrongByteCount(let input, let count, let expected, let datatype, let shape):
      "input \(quoted(input)) has \(count) bytes; expected \(expected) for \(datatype.rawValue) of "
        + "shape \(Self.bracketed(shape))"
    case .wrongStringCount(let input, let count, let expected, let shape):
      "input \(quoted(input)) has \(count) strings; expected \(expected) for shape "
        + Self.bracketed(shape)
    case .wrongContents(let input, .bytes):
      "input \(quoted(input)) has raw contents; expected a list of byte strings for BYTES"
    case .wrongContents(let input, let datatype):
      "input \(quoted(input)) has strings as contents; expected raw bytes for \(datatype.rawValue)"
    case .invalidBool(let input, let element, let value):
      "element \(element) of input \(quoted(input)) is \(value); expected 0 or 1 for BOOL"
    case .unknownOutput(let name, let expected):
      "the model has no output \(quoted(name)); it gives \(Self.list(expected))"
    case .unavailableOutput(let name, let kind):
      "output \(quoted(name)) is \(kind), which can't be returned; expected a tensor output"
    case .repeatedOutput(let name): "output \(quoted(name)) is asked for twice; expected it once"
    }
  }

  private static func has(_ input: String, _ shape: [Int]) -> String {
    "input \(quoted(input)) has shape \(bracketed(shape))"
  }

  private static func expected(_ spec: TensorSpec) -> String {
    spec.shape.map { "shape \(bracketed($0.map(\.spelled)))" } ?? "any shape"
  }

  /// At most 16 dimensions are shown: ranks come from the caller.
  private static func bracketed(_ dimensions: [some CustomStringConvertible]) -> String {
    let shownMax = 16
    return "[" + dimensions.prefix(shownMax).map(\.description).joined(separator: ", ")
      + (dimensions.count > shownMax ? ", …]" : "]")
  }

  /// At most 16 names are shown: a model may have hundreds.
  private static func list(_ names: [String]) -> String {
    let shownMax = 16
    return names.isEmpty
      ? "none"
      : names.prefix(shownMax).map(quoted).joined(separator: ", ")
        + (names.count > shownMax ? " and \(names.count - shownMax) more" : "")
  }
}
