/// From calls to the tensors of one run, and back.
extension BatchRule {
  package struct Joined {
    package var inputs: [Tensor]
    /// Of all elements, how many were added to make lengths equal.
    package var paddingShare: Double
  }

  /// The inputs of several calls, one behind the other along the first dimension. Each byte is copied
  /// once. All have the same signature, and their inputs are in the order of the model's.
  package func join(_ calls: [[Tensor]]) -> Joined {
    var joined: [Tensor] = []
    var (added, total) = (0, 0)
    for index in signature.inputs.indices {
      let parts = calls.map { $0[index] }
      var tensor = parts[0]
      tensor.shape[0] = parts.reduce(0) { $0 + $1.shape[0] }
      if let padding = paddings[index] {
        tensor.shape[1] = parts.reduce(0) { max($0, $1.shape[1]) }
        tensor.contents = Self.padded(parts, to: tensor, padding)
      } else {
        tensor.contents = Self.concatenated(parts)
      }
      total += tensor.byteCount
      added += tensor.byteCount - parts.reduce(0) { $0 + $1.byteCount }
      joined.append(tensor)
    }
    return Joined(inputs: joined, paddingShare: total > 0 ? Double(added) / Double(total) : 0)
  }

  /// Each call's part of a run's outputs. Nil if some output has not as many rows as the calls have
  /// together: then the model does not answer row by row.
  package func split(_ outputs: [Tensor], among calls: [[Tensor]]) -> [[Tensor]]? {
    let rows = calls.map { $0.first?.shape.first ?? 0 }
    let total = rows.reduce(0, +)
    let lengths = calls.map(ownLength)
    let longest = lengths.compactMap { $0 }.max()
    guard outputs.allSatisfy({ $0.shape.first == total }) else { return nil }
    var results = [[Tensor]](repeating: [], count: calls.count)
    for output in outputs {
      let isTrimmed = outputPlace(output.name).map { self.isTrimmed[$0] } ?? false
      // An output of another length than the padded inputs can't be cut to a call's own.
      if isTrimmed, output.shape[1] != longest { return nil }
      var first = 0
      for (index, count) in rows.enumerated() {
        let length = isTrimmed ? lengths[index] : nil
        results[index].append(Self.rows(first..<first + count, of: output, length: length))
        first += count
      }
    }
    return results
  }

  /// Of the padded dimension; nil if nothing is padded.
  private func ownLength(of inputs: [Tensor]) -> Int? {
    paddings.firstIndex { $0 != nil }.map { inputs[$0].shape[1] }
  }

  private func outputPlace(_ name: String) -> Int? {
    signature.outputs.firstIndex { $0.name == name }
  }

  private static func concatenated(_ parts: [Tensor]) -> Tensor.Contents {
    if case .strings = parts[0].contents {
      return .strings(parts.flatMap { part in part.strings })
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.reduce(0) { $0 + $1.byteCount })
    for part in parts {
      if case .raw(let raw) = part.contents { bytes.append(contentsOf: raw) }
    }
    return .raw(bytes)
  }

  /// Rows are `[length, …]`, row-major: what is added stands behind each.
  private static func padded(
    _ parts: [Tensor], to whole: Tensor, _ padding: Padding
  ) -> Tensor.Contents {
    let inner = whole.shape.dropFirst(2).reduce(1, *)
    let width = padding.element.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(whole.shape.reduce(width, *))
    for part in parts {
      guard case .raw(let raw) = part.contents else { continue }
      let missing = (whole.shape[1] - part.shape[1]) * inner
      guard missing > 0 else {
        bytes.append(contentsOf: raw)
        continue
      }
      let rowBytes = part.shape[1] * inner * width
      for row in 0..<part.shape[0] {
        bytes.append(contentsOf: raw[row * rowBytes..<(row + 1) * rowBytes])
        for _ in 0..<missing { bytes.append(contentsOf: padding.element) }
      }
    }
    return .raw(bytes)
  }

  private static func rows(_ rows: Range<Int>, of output: Tensor, length: Int?) -> Tensor {
    var part = output
    part.shape[0] = rows.count
    let each = output.shape.dropFirst().reduce(1, *)
    var kept = each
    if let length {
      part.shape[1] = length
      kept = part.shape.dropFirst().reduce(1, *)
    }
    switch output.contents {
    case .strings(let strings):
      part.contents = .strings(
        rows.flatMap { row in strings[row * each..<row * each + kept] })
    case .raw(let bytes):
      let width = output.datatype.byteWidth ?? 1
      guard kept < each else {
        part.contents = .raw(
          Array(bytes[rows.lowerBound * each * width..<rows.upperBound * each * width]))
        break
      }
      var own: [UInt8] = []
      own.reserveCapacity(rows.count * kept * width)
      for row in rows {
        own.append(contentsOf: bytes[row * each * width..<(row * each + kept) * width])
      }
      part.contents = .raw(own)
    }
    return part
  }
}

extension Tensor {
  /// Of its elements; for strings, of what they hold.
  package var byteCount: Int {
    switch contents {
    case .raw(let bytes): bytes.count
    case .strings(let strings): strings.reduce(0) { $0 + $1.count }
    }
  }

  fileprivate var strings: [[UInt8]] {
    if case .strings(let strings) = contents { strings } else { [] }
  }
}
