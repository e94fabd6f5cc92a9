internal import Foundation

/// Inputs that a card gives: a list of objects, each with nested lists of numbers or texts by input.
///
///     [{"x": [[0.1, 0.2]], "names": ["a"]}]
enum GivenInputs {
  /// As JSON.
  static let bytesMax = 16 << 20
  static let casesMax = 16

  static func cases(
    _ document: Data?, _ signature: ModelSignature
  ) throws(LoadError) -> [ProbeCase] {
    guard let document else { return [] }
    let value = try? JSONSerialization.jsonObject(with: document, options: [.fragmentsAllowed])
    guard let examples = value as? [[String: Any]], examples.count <= casesMax else {
      throw .examplesInvalid(
        reason: "expected a list of at most \(casesMax) objects, each with a value for every input")
    }
    var cases: [ProbeCase] = []
    for (place, example) in examples.enumerated() {
      var inputs: [Tensor] = []
      for spec in signature.inputs {
        guard let value = example[spec.name] else {
          throw .examplesInvalid(
            reason: "example \(place + 1) has no value for input \(quoted(spec.name))")
        }
        inputs.append(try tensor(value, spec, place))
      }
      do throws(RequestFault) {
        try RequestValidator(signature: signature).validate(inputs: inputs)
      } catch {
        throw .examplesInvalid(reason: "example \(place + 1): \(error)")
      }
      cases.append(ProbeCase(title: "example \(place + 1) of the card", inputs: inputs))
    }
    return cases
  }

  /// As many times one after the other as the batch says; nil if they have no batch of one.
  static func repeated(_ inputs: [Tensor], batch: Int) -> [Tensor]? {
    guard inputs.allSatisfy({ $0.shape.first == 1 }) else { return batch == 1 ? inputs : nil }
    return inputs.map { input in
      var input = input
      input.shape[0] = batch
      switch input.contents {
      case .raw(let bytes): input.contents = .raw((0..<batch).flatMap { _ in bytes })
      case .strings(let strings):
        input.contents = .strings((0..<batch).flatMap { _ in strings })
      }
      return input
    }
  }

  private static func tensor(
    _ value: Any, _ spec: TensorSpec, _ place: Int
  ) throws(LoadError) -> Tensor {
    var shape: [Int] = []
    var level = value
    while let list = level as? [Any] {
      shape.append(list.count)
      guard let first = list.first else { break }
      level = first
    }
    var elements: [Any] = []
    flatten(value, into: &elements)
    let fault = LoadError.examplesInvalid(
      reason: "example \(place + 1): input \(quoted(spec.name)) is no \(spec.datatype.rawValue)")
    if spec.datatype == .bytes {
      guard let texts = elements as? [String] else { throw fault }
      return Tensor(
        name: spec.name, datatype: .bytes, shape: shape,
        contents: .strings(texts.map { Array($0.utf8) }))
    }
    guard let numbers = elements as? [NSNumber],
      let bytes = bytes(of: numbers, spec.datatype)
    else { throw fault }
    return Tensor(name: spec.name, datatype: spec.datatype, shape: shape, contents: .raw(bytes))
  }

  private static func flatten(_ value: Any, into elements: inout [Any]) {
    guard let list = value as? [Any] else { return elements.append(value) }
    for element in list { flatten(element, into: &elements) }
  }

  /// Nil if a number has no place in the datatype.
  private static func bytes(of numbers: [NSNumber], _ datatype: TensorDataType) -> [UInt8]? {
    var bytes: [UInt8] = []
    for number in numbers {
      switch datatype {
      case .fp32: bytes.appendLittleEndian(number.floatValue.bitPattern)
      case .fp64: bytes.appendLittleEndian(number.doubleValue.bitPattern)
      case .bf16: bytes.appendLittleEndian(UInt16(number.floatValue.bitPattern >> 16))
      case .bool: bytes.append(number.boolValue ? 1 : 0)
      case .uint64:
        guard let value = UInt64(exactly: number) else { return nil }
        bytes.appendLittleEndian(value)
      default:
        guard datatype != .fp16, let width = datatype.byteWidth, let value = Int64(exactly: number)
        else { return nil }
        let bits = width * 8
        let isUnsigned = datatype.rawValue.hasPrefix("U")
        let least = isUnsigned ? 0 : Int64(-1) << (bits - 1)
        let most = bits == 64 ? Int64.max : (Int64(1) << (isUnsigned ? bits : bits - 1)) - 1
        guard (least...most).contains(value) else { return nil }
        for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * byte))) }
      }
    }
    return bytes
  }
}
