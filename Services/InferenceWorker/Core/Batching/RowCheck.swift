/// Whether a model answers row by row, tried on the model itself: a signature with an open first
/// dimension does not promise it, and a batch of a model that mixes its rows would answer wrongly.
package enum RowCheck {
  package enum Finding: Sendable, Equatable {
    case rowByRow
    /// It could not be tried: the model refuses what was made up.
    case untried
    case mixed(output: String)
  }

  /// What batching may change of a number: kernels for several rows add up in another order.
  /// `|batched - single| <= absolute + relative * |single|`.
  package static let relativeTolerance = 1e-3
  package static let absoluteTolerance = 1e-4

  /// Runs two different rows alone and together. Blocks.
  package static func run(_ model: any LoadedModel, _ rule: BatchRule) -> Finding {
    guard let first = inputs(of: rule.signature, seed: 1),
      let second = inputs(of: rule.signature, seed: 2)
    else { return .untried }
    do throws(EngineError) {
      let alone = [try model.run(first), try model.run(second)]
      let together = try model.run(rule.join([first, second]).inputs)
      guard let parts = rule.split(together, among: [first, second]) else {
        return .mixed(output: rule.signature.outputs[0].name)
      }
      for (part, single) in zip(parts, alone) {
        for (batched, expected) in zip(part, single) where !agree(batched, expected) {
          return .mixed(output: batched.name)
        }
      }
      return .rowByRow
    } catch {
      return .untried
    }
  }

  package static func agree(_ batched: Tensor, _ single: Tensor) -> Bool {
    guard batched.shape == single.shape, batched.datatype == single.datatype else { return false }
    guard case .raw(let left) = batched.contents, case .raw(let right) = single.contents else {
      return batched.contents == single.contents
    }
    switch batched.datatype {
    case .fp32:
      return zip(left.littleEndian(as: UInt32.self), right.littleEndian(as: UInt32.self))
        .allSatisfy { isNear(Double(Float(bitPattern: $0)), Double(Float(bitPattern: $1))) }
    case .fp64:
      return zip(left.littleEndian(as: UInt64.self), right.littleEndian(as: UInt64.self))
        .allSatisfy { isNear(Double(bitPattern: $0), Double(bitPattern: $1)) }
    // Too coarse to be compared without a format's own arithmetic; sizes agree.
    case .fp16, .bf16: return left.count == right.count
    default: return left == right
    }
  }

  private static func isNear(_ left: Double, _ right: Double) -> Bool {
    left == right || (left.isNaN && right.isNaN)
      || abs(left - right) <= absoluteTolerance + relativeTolerance * abs(right)
  }

  /// One row: fractions for floating point, 0 and 1 for the rest, every other open length 1.
  private static func inputs(of signature: ModelSignature, seed: UInt64) -> [Tensor]? {
    guard let zeros = SyntheticInputs.make(for: signature) else { return nil }
    var state = seed
    // Knuth's linear congruential generator: the same rows at every start.
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    return zeros.map { tensor in
      var tensor = tensor
      let count = Tensor.elementCount(of: tensor.shape) ?? 0
      guard case .raw = tensor.contents, let width = tensor.datatype.byteWidth else {
        return tensor
      }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count * width)
      for _ in 0..<count {
        let fraction = Double(next() % 1000) / 1000
        switch tensor.datatype {
        case .fp32: bytes.appendLittleEndian(Float(fraction).bitPattern)
        case .fp64: bytes.appendLittleEndian(fraction.bitPattern)
        case .fp16, .bf16: bytes += [0, 0]
        default: bytes += [UInt8(next() & 1)] + [UInt8](repeating: 0, count: width - 1)
        }
      }
      tensor.contents = .raw(bytes)
      return tensor
    }
  }
}
