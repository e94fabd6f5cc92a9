internal import Yams

/// How a model wants to be run: the section `serving` of its `card.yaml`, which may be left out, as may
/// each of its fields. Registries check it at push, workers follow it.
package struct ServingCard: Sendable, Hashable {
  package static let path = "card.yaml"
  package static let section = "serving"
  package static let batchRowsRange = 1...1024
  package static let batchRowsDefault = 64
  /// More inputs than any model pads.
  package static let paddedInputsMax = 64

  /// What a lone call may cost in memory.
  package enum Preference: String, Sendable, Hashable, CaseIterable {
    /// One copy of the model in memory, one thread for each call.
    case throughput
    /// A second copy, with which a lone call uses every core.
    case latency
  }

  /// `batching`: false if every call is to run alone.
  package var mayBatch = true
  /// `batch_rows_max`: rows that may run together.
  package var batchRowsMax = ServingCard.batchRowsDefault
  /// `padding`: the inputs whose second dimension may be lengthened so that calls of different lengths
  /// share a batch, and the value that the model ignores there.
  package var padding: [String: Double] = [:]
  /// `prefer`.
  package var preference = Preference.throughput

  package init() {}

  /// Reads the section of a whole card; what is not in it has its usual value.
  ///
  /// - Throws: the field that is wrong, and what was expected.
  package init(card bytes: [UInt8]) throws(ServingCardError) {
    self.init()
    guard let text = String(validating: bytes, as: UTF8.self), let root = try? compose(yaml: text),
      case .mapping(let card) = root
    else { throw ServingCardError(field: Self.path, expected: "a mapping in YAML") }
    guard let node = card[.init(Self.section)], node.null == nil else { return }
    guard case .mapping(let fields) = node else {
      throw ServingCardError(
        field: Self.section,
        expected: "a mapping with `batching`, `batch_rows_max`, `padding` or `prefer`")
    }
    for (key, value) in fields { try read(key.string ?? "", value) }
  }

  private mutating func read(_ field: String, _ value: Node) throws(ServingCardError) {
    switch field {
    case "batching":
      guard let flag = value.bool else { throw Self.wrong(field, "`true` or `false`") }
      mayBatch = flag
    case "batch_rows_max":
      guard let number = value.int, Self.batchRowsRange.contains(number) else {
        let range = Self.batchRowsRange
        throw Self.wrong(field, "a number from \(range.lowerBound) to \(range.upperBound)")
      }
      batchRowsMax = number
    case "padding":
      padding = try Self.padding(value)
    case "prefer":
      guard let preference = value.string.flatMap(Preference.init) else {
        throw Self.wrong(field, "`throughput` or `latency`")
      }
      self.preference = preference
    default:
      throw Self.wrong(
        String(field.prefix(64)),
        "none of this name, only `batching`, `batch_rows_max`, `padding` and `prefer`")
    }
  }

  private static func padding(_ node: Node) throws(ServingCardError) -> [String: Double] {
    let expected = "inputs and the number to pad each with, such as `attention_mask: 0`"
    guard case .mapping(let inputs) = node, (1...paddedInputsMax).contains(inputs.count) else {
      throw wrong("padding", expected)
    }
    var padding: [String: Double] = [:]
    for (key, value) in inputs {
      guard let name = key.string, !name.isEmpty, let number = value.float, number.isFinite else {
        throw wrong("padding", expected)
      }
      padding[name] = number
    }
    return padding
  }

  private static func wrong(_ field: String, _ expected: String) -> ServingCardError {
    ServingCardError(field: "\(section).\(field)", expected: expected)
  }
}
