/// Numbers for people, the same on every machine.
enum Decimals {
  /// With two places, rounded away from zero.
  static func text(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    let hundredths = Int((abs(number) * 100).rounded())
    let places = hundredths % 100
    return (number < 0 && hundredths > 0 ? "-" : "") + "\(hundredths / 100)."
      + (places < 10 ? "0" : "") + "\(places)"
  }
}
