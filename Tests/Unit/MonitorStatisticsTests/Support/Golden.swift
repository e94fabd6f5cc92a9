import Foundation
import Testing

/// What other people's libraries said; see Tests/Golden/statistics/generate.py.
enum Golden {
  static func read<Content: Decodable>(_ name: String) throws -> Content {
    var folder = URL(filePath: #filePath)
    while !FileManager.default.fileExists(atPath: folder.appending(path: "LICENSE").path) {
      try #require(folder.path != "/")
      folder.deleteLastPathComponent()
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let file = folder.appending(path: "Tests/Golden/statistics/\(name)")
    return try decoder.decode(Content.self, from: Data(contentsOf: file))
  }

  /// Whether two numbers agree to 1e-9, relative above 1.
  static func agree(_ ours: Double?, _ theirs: Double?, within tolerance: Double = 1e-9) -> Bool {
    guard let ours, let theirs else { return ours == nil && theirs == nil }
    return ours == theirs || abs(ours - theirs) <= tolerance * max(1, abs(theirs))
  }
}

/// Numbers as base64 of little-endian float64.
struct Numbers: Decodable {
  var values: [Double]

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    let bytes = [UInt8](Data(base64Encoded: text) ?? Data())
    values = stride(from: 0, to: bytes.count, by: 8).map { start in
      Double(bitPattern: (0..<8).reversed().reduce(0) { $0 << 8 | UInt64(bytes[start + $1]) })
    }
  }

  var marks: [Bool] { values.map { $0 != 0 } }
}
