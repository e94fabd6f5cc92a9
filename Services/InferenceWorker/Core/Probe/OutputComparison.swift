/// Holds one engine's outputs against another's.
enum OutputComparison {
  /// What differs more than anything else; nil if nothing does.
  static func difference(
    of outputs: [Tensor], from reference: [Tensor], _ tolerance: Tolerance
  ) -> ProbeRecord.Difference? {
    var largest: ProbeRecord.Difference?
    for tensor in outputs {
      guard let expected = reference.first(where: { $0.name == tensor.name }),
        let found = difference(of: tensor, from: expected, tolerance)
      else { continue }
      if found.shareOfTolerance > largest?.shareOfTolerance ?? 0 { largest = found }
    }
    return largest
  }

  /// Nil if they are the same.
  static func difference(
    of tensor: Tensor, from reference: Tensor, _ tolerance: Tolerance
  ) -> ProbeRecord.Difference? {
    func whole() -> ProbeRecord.Difference {
      ProbeRecord.Difference(
        tensor: tensor.name, absolute: .greatestFiniteMagnitude,
        shareOfTolerance: .greatestFiniteMagnitude)
    }
    guard tensor.shape == reference.shape, tensor.datatype == reference.datatype else {
      return whole()
    }
    if tensor.contents == reference.contents { return nil }
    guard case .raw(let ours) = tensor.contents, case .raw(let theirs) = reference.contents,
      let values = FloatElements.values(of: ours, tensor.datatype),
      let expected = FloatElements.values(of: theirs, tensor.datatype),
      values.count == expected.count
    else { return whole() }
    let tolerance = tolerance.widened(for: tensor.datatype)
    var largest = ProbeRecord.Difference(tensor: tensor.name, absolute: 0, shareOfTolerance: 0)
    for (value, expected) in zip(values, expected) where value != expected {
      if value.isNaN, expected.isNaN { continue }
      let difference = abs(value - expected)
      guard difference.isFinite else { return whole() }
      let share = difference / (tolerance.absolute + tolerance.relative * abs(expected))
      largest.absolute = max(largest.absolute, difference)
      largest.shareOfTolerance = max(largest.shareOfTolerance, share)
    }
    return largest.absolute > 0 ? largest : nil
  }
}
