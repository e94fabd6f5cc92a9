internal import Foundation

/// `{"x": […], "probs": […]}`: an input row of the model and the answer that it must bring.
struct LoadSample: Decodable {
  let x: [Float]
  let probs: [Float]

  init(file: String) throws {
    self = try JSONDecoder().decode(
      LoadSample.self, from: try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// Whether the answer's little-endian float32 bytes are `probs`, within 1e-4.
  static func isClose(_ bytes: [UInt8], to probs: [Float]) -> Bool {
    guard bytes.count == 4 * probs.count else { return false }
    for (index, expected) in probs.enumerated() {
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * index + $1]) << (8 * $1) }
      guard abs(Float(bitPattern: bits) - expected) <= 1e-4 else { return false }
    }
    return true
  }

  static func bytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
    }
  }
}
