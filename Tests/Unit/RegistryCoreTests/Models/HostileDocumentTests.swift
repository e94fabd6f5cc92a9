import Testing

@testable import RegistryCore

/// Whatever bytes somebody pushes as card or signature, they get a sentence and nothing worse.
struct HostileDocumentTests {
  @Test(arguments: [UInt64(1), 2, 3, 4])
  func mutatedDocumentsAreTakenOrRefused(_ seed: UInt64) {
    var chance = SplitMix(state: seed)
    for round in 0..<500 {
      for (text, check) in [
        (Package.card, ModelCard.check), (Package.signature, SignatureDocument.check),
      ] {
        let bytes = Self.mutated(Array(text.utf8), &chance)
        do throws(RegistryError) {
          try check(bytes, RegistryLimits())
        } catch {
          guard case .invalid = error
          else {
            Issue.record("seed \(seed), round \(round): \(error)")
            return
          }
        }
      }
    }
  }

  private static func mutated(_ bytes: [UInt8], _ chance: inout SplitMix) -> [UInt8] {
    var bytes = bytes
    let tokens = [
      "[", "{", "\"", "'", "*a", "&a ", "!!", "- ", ": ", "\n", "\t", "\0", "%", "|", "\u{feff}",
    ]
    for _ in 0..<Int.random(in: 1...6, using: &chance) {
      let index = Int.random(in: 0..<max(1, bytes.count), using: &chance)
      switch Int.random(in: 0..<4, using: &chance) {
      case 0 where !bytes.isEmpty: bytes[index] = UInt8.random(in: 0...255, using: &chance)
      case 1 where !bytes.isEmpty: bytes.removeSubrange(index..<bytes.count)
      case 2 where !bytes.isEmpty:
        bytes.insert(contentsOf: bytes[..<index], at: index)
      default:
        bytes.insert(
          contentsOf: Array((tokens.randomElement(using: &chance) ?? "").utf8),
          at: min(index, bytes.count))
      }
    }
    return bytes
  }

  /// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same documents.
  private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      return mixed ^ (mixed >> 31)
    }
  }
}
