internal import Foundation

/// The names of a graph's inputs and outputs, from an ONNX file itself.
///
/// OpenVINO joins tensors that it finds to be the same and then knows an input by any of their names; it keeps
/// their order.
struct OnnxGraphNames {
  /// Fields of `ModelProto`, `GraphProto`, `ValueInfoProto` and `TensorProto` (onnx.proto).
  private enum Field {
    static let modelGraph: UInt64 = 7
    static let graphInitializer: UInt64 = 5
    static let graphInput: UInt64 = 11
    static let graphOutput: UInt64 = 12
    static let valueName: UInt64 = 1
    static let tensorName: UInt64 = 8
  }

  private(set) var inputs: [String] = []
  private(set) var outputs: [String] = []

  /// Nil if the file is no such message.
  init?(file path: String) {
    guard
      let content = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe),
      let graph = Self.parts(of: content)?.last(where: { $0.field == Field.modelGraph }),
      let parts = Self.parts(of: graph.content)
    else { return nil }
    var constants: Set<String> = []
    for part in parts {
      switch part.field {
      case Field.graphInitializer:
        constants.insert(Self.text(Field.tensorName, in: part.content) ?? "")
      case Field.graphInput: inputs.append(Self.text(Field.valueName, in: part.content) ?? "")
      case Field.graphOutput: outputs.append(Self.text(Field.valueName, in: part.content) ?? "")
      default: break
      }
    }
    // Before IR version 4 constants had to be among the inputs.
    inputs.removeAll(where: constants.contains)
  }

  private static func text(_ field: UInt64, in message: Data) -> String? {
    guard let found = parts(of: message)?.last(where: { $0.field == field }) else { return nil }
    return String(data: found.content, encoding: .utf8)
  }

  /// The fields of a message that have a length; nil if it is none.
  private static func parts(of message: Data) -> [(field: UInt64, content: Data)]? {
    var parts: [(field: UInt64, content: Data)] = []
    var place = message.startIndex
    while place < message.endIndex {
      guard let tag = number(in: message, &place) else { return nil }
      switch tag & 7 {
      case 0: guard number(in: message, &place) != nil else { return nil }
      case 1: place += 8
      case 2:
        guard let length = number(in: message, &place), length <= message.endIndex - place else {
          return nil
        }
        parts.append((tag >> 3, message[place..<(place + Int(length))]))
        place += Int(length)
      case 5: place += 4
      default: return nil
      }
    }
    return place == message.endIndex ? parts : nil
  }

  /// A varint; nil if it does not end.
  private static func number(in message: Data, _ place: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard place < message.endIndex else { return nil }
      let byte = message[place]
      place += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
