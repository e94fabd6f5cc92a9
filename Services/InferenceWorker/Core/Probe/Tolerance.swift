/// How far a number may lie from the reference's: `absolute + relative * |reference|`.
package struct Tolerance: Sendable, Equatable, Codable {
  package var absolute: Double
  package var relative: Double

  package init(absolute: Double, relative: Double) {
    self.absolute = absolute
    self.relative = relative
  }

  /// For f32 through some hundred layers whose sums are taken in another order: magika's two engines differ by
  /// 0.002 on random bytes, and by 0.15 where one of them computes in bf16.
  package static let standard = Tolerance(absolute: 1e-2, relative: 1e-2)

  /// Of an output whose elements carry fewer bits: at least a few units of its last place.
  func widened(for datatype: TensorDataType) -> Tolerance {
    switch datatype {
    case .fp16:
      Tolerance(absolute: max(absolute, 2e-3), relative: max(relative, 2e-3))
    case .bf16:
      Tolerance(absolute: max(absolute, 2e-2), relative: max(relative, 2e-2))
    default: self
    }
  }
}
