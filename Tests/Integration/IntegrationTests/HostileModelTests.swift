import Foundation
import IntegrationSuite
import Testing

extension IntegrationTests {
  /// Model files that somebody damaged, or made to do damage: each costs the process that looks at it.
  @Suite(.serialized, .timeLimit(.minutes(60))) struct HostileModelTests {
    private static let isLong = ProcessInfo.processInfo.environment["SLIPWAY_LONG"] == "1"
    private static let count = isLong ? 500 : 50
    private static let models = [
      "mlp", "classifier", "dynamic", "every-datatype", "loop", "strings", "reshape",
    ]

    @Test func `a mutated model ends in a clear error or a signature, and in bounded time`()
      async throws
    {
      let checkout = try Checkout()
      let seed = UInt64.random(in: 0..<1 << 32)
      let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      var refused = 0
      for index in 0..<Self.count {
        var mutation = Mutation(state: seed &+ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        let model = Self.models[index % Self.models.count]
        let whole = try Data(
          contentsOf: checkout.root.appending(path: "Tests/Golden/models/\(model).onnx"))
        let file = folder.appending(path: "model.onnx")
        try Data(mutation.mutate([UInt8](whole))).write(to: file)
        let result = try await RunningSuite.executable(
          "inference-worker", "--probe", file.path,
          variables: [
            "SLIPWAY_PREFIX": ProcessInfo.processInfo.environment["SLIPWAY_PREFIX"]
              ?? checkout.path(of: ".build-deps")
          ], in: checkout)
        let what = "seed \(seed), \(model), mutation \(index): \(result.errors)"
        // 0 for a model that is still one, 2 for an error: never a signal.
        #expect(result.status == 0 || result.status == 2, "\(result.status), \(what)")
        if result.status == 2 {
          refused += 1
          let lines = result.errors.split(separator: "\n")
          #expect(lines.count == 1 && lines[0].count > 20, "\(what)")
        } else {
          #expect(result.output.split(separator: "\n").count == 2, "\(what)")
        }
      }
      print("hostile models: \(Self.count) mutated files, \(refused) refused, seed \(seed)")
      #expect(refused > Self.count / 4)
    }

    /// Steele, Lea and Flood's SplitMix64.
    private struct Mutation {
      var state: UInt64

      private mutating func next(_ bound: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(max(bound, 1)))
      }

      mutating func mutate(_ whole: [UInt8]) -> [UInt8] {
        var bytes = whole
        switch next(5) {
        case 0: bytes = Array(bytes.prefix(next(bytes.count)))
        case 1:
          for _ in 0...next(8) { bytes[next(bytes.count)] ^= 1 << UInt8(next(8)) }
        case 2:
          for _ in 0...next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
        case 3:
          let start = next(bytes.count)
          let piece = bytes[start..<min(bytes.count, start + next(64))]
          bytes.insert(contentsOf: piece, at: next(bytes.count))
        default:
          // Lengths and dimensions become enormous.
          let start = next(max(1, bytes.count - 8))
          for place in start..<min(start + 1 + next(5), bytes.count) { bytes[place] = 0xff }
        }
        return bytes
      }
    }
  }
}
