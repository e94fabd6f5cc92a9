import Crypto
import Foundation
import IntegrationSuite
import Testing

/// What the main job does around the model, held against the package's own code (Tests/Golden/magika).
@Suite struct MagikaTests {
  private struct Golden: Decodable {
    var prefix: String
    var unit: String
    var count: Int
    var suffix: String
    var features: String?

    /// Each character of the text is one byte.
    var content: [UInt8] {
      (prefix + String(repeating: unit, count: count) + suffix).unicodeScalars.map {
        UInt8(truncatingIfNeeded: $0.value)
      }
    }
  }

  @Test func `features are those that the package's own code extracts`() throws {
    let file = try Checkout().path(of: "Tests/Golden/magika/features.json")
    let goldens = try JSONDecoder().decode(
      [Golden].self, from: Data(contentsOf: URL(filePath: file)))
    #expect(goldens.count >= 16)
    for (index, golden) in goldens.enumerated() {
      #expect(
        MagikaFeatures.make(of: golden.content).map(digest) == golden.features, "case \(index)")
    }
  }

  private func digest(_ features: [Int32]) -> String {
    let bytes = features.flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    return SHA256.hash(data: bytes).map { byte in
      String(repeating: "0", count: byte < 16 ? 1 : 0) + String(byte, radix: 16)
    }.joined()
  }
}
