/// Why a ModelInfer request can't be read as tensors; the description is for the caller.
package enum InferRequestFault: Error, Sendable, Equatable {
  case unknownDatatype(input: String, datatype: String)
  /// `raw_input_contents` must have one element for each input.
  case rawContentsCount(Int, inputs: Int)
  /// An input has contents of its own although the request has raw contents.
  case contentsTwice(input: String)
  /// FP16 and BF16 have no typed field.
  case rawOnly(input: String, datatype: TensorDataType)
  /// Values stand in a field of another datatype.
  case wrongField(input: String, datatype: TensorDataType, found: String, expected: String)
  case valueOutOfRange(input: String, element: Int, value: String, datatype: TensorDataType)
  /// A BYTES tensor's raw form ends inside element `element`, or has bytes behind the last one.
  case truncatedElement(input: String, element: Int, elements: Int)
  case trailingBytes(input: String, Int, elements: Int)
  case unusableShape(input: String, shape: [Int64])
  case unknownParameter(String, place: String)
  case invalidParameter(String, expected: String)
}

extension InferRequestFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknownDatatype(let input, let datatype):
      "input \(quoted(input)) has datatype \(quoted(datatype)); expected one of "
        + TensorDataType.allCases.map(\.rawValue).joined(separator: ", ")
    case .rawContentsCount(let count, let inputs):
      "`raw_input_contents` has \(count) elements for \(inputs) inputs; expected one for each"
    case .contentsTwice(let input):
      "input \(quoted(input)) has `contents` and the request has `raw_input_contents`; "
        + "expected one of both"
    case .rawOnly(let input, let datatype):
      "input \(quoted(input)) is \(datatype.rawValue), which has no typed contents; "
        + "send it in `raw_input_contents`"
    case .wrongField(let input, let datatype, let found, let expected):
      "input \(quoted(input)) is \(datatype.rawValue) but has `\(found)`; expected `\(expected)`"
    case .valueOutOfRange(let input, let element, let value, let datatype):
      "element \(element) of input \(quoted(input)) is \(value); "
        + "expected a value that \(datatype.rawValue) can hold"
    case .truncatedElement(let input, let element, let elements):
      "the raw contents of input \(quoted(input)) end within element \(element) of \(elements); "
        + "expected a length of 4 bytes, little-endian, and as many bytes for each"
    case .trailingBytes(let input, let count, let elements):
      "the raw contents of input \(quoted(input)) have \(count) bytes behind the last of its "
        + "\(elements) elements; expected none"
    case .unusableShape(let input, let shape):
      "input \(quoted(input)) has shape \(shape); expected dimensions of 0 or more and fewer "
        + "than 2^63 elements"
    case .unknownParameter(let key, let place):
      "\(place) has the parameter \(quoted(key)), which is not served; leave it out"
    case .invalidParameter(let key, let expected):
      "the parameter \(quoted(key)) has another type or value than expected: \(expected)"
    }
  }
}
