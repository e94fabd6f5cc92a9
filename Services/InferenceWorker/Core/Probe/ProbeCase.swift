/// Inputs that every engine is given.
struct ProbeCase: Sendable {
  let title: String
  let inputs: [Tensor]
}

/// Makes inputs that fit a signature, the same each time: what two engines compute of them must agree.
enum ProbeCases {
  /// A version's inputs must not cost the probe more than serving would.
  static let bytesMax = 64 << 20
  private static let openLength = 8

  /// Nil if they would be larger than `bytesMax`.
  static func make(
    _ signature: ModelSignature, title: String, batch: Int, seed: UInt64, openLength: Int
  ) -> ProbeCase? {
    var random = SplitMix(state: seed)
    var inputs: [Tensor] = []
    var bytes = 0
    for spec in signature.inputs {
      let dimensions = spec.shape ?? [.any]
      let shape = dimensions.enumerated().map { axis, dimension in
        if case .fixed(let length) = dimension { return length }
        return axis == 0 ? batch : openLength
      }
      guard let count = Tensor.elementCount(of: shape) else { return nil }
      let (size, overflow) = count.multipliedReportingOverflow(by: spec.datatype.byteWidth ?? 8)
      guard !overflow, size <= bytesMax - bytes else { return nil }
      bytes += size
      inputs.append(
        Tensor(
          name: spec.name, datatype: spec.datatype, shape: shape,
          contents: contents(spec.datatype, count, seed == 0, &random)))
    }
    return ProbeCase(title: title, inputs: inputs)
  }

  /// Zeros, then made-up numbers of two lengths; the last one as a batch of two.
  static func synthetic(_ signature: ModelSignature) -> [ProbeCase] {
    [
      make(signature, title: "zeros", batch: 1, seed: 0, openLength: 1),
      make(signature, title: "random, open lengths 1", batch: 1, seed: 1, openLength: 1),
      make(
        signature, title: "random, open lengths \(openLength)", batch: 1, seed: 2,
        openLength: openLength),
      isBatchable(signature)
        ? make(
          signature, title: "random, batch 2", batch: 2, seed: 3, openLength: openLength) : nil,
    ].compactMap { $0 }
  }

  /// Whether the first dimension of every input is open.
  static func isBatchable(_ signature: ModelSignature) -> Bool {
    !signature.inputs.isEmpty
      && signature.inputs.allSatisfy { spec in
        guard let first = spec.shape?.first else { return false }
        if case .fixed = first { return false }
        return true
      }
  }

  /// Numbers between -1 and 1; integers 0 and 1, which are an index into nearly everything.
  private static func contents(
    _ datatype: TensorDataType, _ count: Int, _ isZero: Bool, _ random: inout SplitMix
  ) -> Tensor.Contents {
    let words = ["", "a", "slipway"]
    guard let width = datatype.byteWidth else {
      return .strings((0..<count).map { _ in isZero ? [] : Array(random.pick(words).utf8) })
    }
    if isZero { return .raw([UInt8](repeating: 0, count: count * width)) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * width)
    for _ in 0..<count {
      let value = Float(Int(random.next() % 2001) - 1000) / 1000
      switch datatype {
      case .fp32: bytes.appendLittleEndian(value.bitPattern)
      case .fp64: bytes.appendLittleEndian(Double(value).bitPattern)
      case .bf16: bytes.appendLittleEndian(UInt16(value.bitPattern >> 16))
      // 0, 0.5 and 1.
      case .fp16: bytes.appendLittleEndian(random.pick([UInt16(0), 0x3800, 0x3c00]))
      default:
        bytes.append(UInt8(random.next() & 1))
        bytes += [UInt8](repeating: 0, count: width - 1)
      }
    }
    return .raw(bytes)
  }
}

/// Steele, Lea and Flood's SplitMix64: small, and the same everywhere.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[Int(next() % UInt64(elements.count))]
  }
}
