/// Random values that a seed gives again (SplitMix64).
struct Chance: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func boolean() -> Bool {
    Bool.random(using: &self)
  }

  /// Of every magnitude, and often an edge.
  mutating func number<Number: FixedWidthInteger>() -> Number {
    switch Int.random(in: 0..<4, using: &self) {
    case 0: [0, 1, .min, .max, 127, 42][Int.random(in: 0..<6, using: &self)]
    default:
      Number(truncatingIfNeeded: next())
        >> Number(Int.random(in: 0..<Number.bitWidth, using: &self))
    }
  }

  /// Never a NaN, which is not equal to itself.
  mutating func number<Number: BinaryFloatingPoint>() -> Number {
    boolean() ? Number(Int32(truncatingIfNeeded: next())) / 1024 : 0
  }

  mutating func text() -> String {
    let alphabet: [Character] = ["a", "Z", "0", "/", "\u{1}", "é", "…", "漢", "🦉", "\u{7f}"]
    return String((0..<length(20)).map { _ in alphabet[Int.random(in: 0..<10, using: &self)] })
  }

  mutating func bytes() -> [UInt8] {
    (0..<length(40)).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  mutating func several<Element>(_ make: (inout Chance) -> Element) -> [Element] {
    (0..<Int.random(in: 0..<4, using: &self)).map { _ in make(&self) }
  }

  mutating func perhaps<Element>(_ make: (inout Chance) -> Element) -> Element? {
    boolean() ? make(&self) : nil
  }

  mutating func pick<Element>(_ makers: [(inout Chance) -> Element]) -> Element {
    makers[Int.random(in: makers.indices, using: &self)](&self)
  }

  /// Mostly short; now and then so long that byte arrays are pinned and an arena grows.
  private mutating func length(_ usual: Int) -> Int {
    Int.random(in: 0..<64, using: &self) == 0 ? 5000 : Int.random(in: 0..<usual, using: &self)
  }
}
