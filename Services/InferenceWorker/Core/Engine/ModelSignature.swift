/// The tensors that a model takes and gives: what requests are checked against.
///
/// Its file form is `signature.json`; see `ModelSignature+File.swift`.
package struct ModelSignature: Sendable, Hashable {
  /// An output that the model has but that an engine can't hand over, such as a sequence of maps.
  package struct UnavailableOutput: Sendable, Hashable, Codable {
    package var name: String
    /// What it is, for people: `sequence(map(INT64, FP32))`.
    package var kind: String

    package init(name: String, kind: String) {
      self.name = name
      self.kind = kind
    }
  }

  /// Every one must be in a request.
  package let inputs: [TensorSpec]
  /// What a request that names no outputs gets, in this order; never empty.
  package let outputs: [TensorSpec]
  /// Asking for one of these is refused with its kind.
  package let unavailableOutputs: [UnavailableOutput]

  /// - Throws: if a name is empty or stands twice among inputs or among outputs, or if there is no
  ///   output that can be had.
  package init(
    inputs: [TensorSpec], outputs: [TensorSpec], unavailableOutputs: [UnavailableOutput] = []
  ) throws(SignatureError) {
    try Self.check(inputs.map(\.name), are: "input")
    try Self.check(outputs.map(\.name) + unavailableOutputs.map(\.name), are: "output")
    guard !outputs.isEmpty else { throw .noOutput(unavailable: unavailableOutputs) }
    self.inputs = inputs
    self.outputs = outputs
    self.unavailableOutputs = unavailableOutputs
  }

  private static func check(_ names: [String], are role: String) throws(SignatureError) {
    var seen: Set<String> = []
    for name in names {
      guard !name.isEmpty else { throw .emptyName(role: role) }
      guard seen.insert(name).inserted else { throw .repeatedName(name, role: role) }
    }
  }
}
