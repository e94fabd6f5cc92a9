/// Names of workers: `MODEL-vN-XXXXXX`, six characters of chance, so that no two starts share one.
package enum WorkerIdentifier {
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

  package static func make(model: String, version: UInt32) -> String {
    var generator = SystemRandomNumberGenerator()
    return make(model: model, version: version, using: &generator)
  }

  package static func make(
    model: String, version: UInt32, using generator: inout some RandomNumberGenerator
  ) -> String {
    let chance = (0..<6).compactMap { _ in alphabet.randomElement(using: &generator) }
    return "\(model)-v\(version)-\(String(chance))"
  }
}
