internal import Foundation

/// The first line of what a program said, without its name.
func firstLine(_ text: String) -> String {
  let line = text.split(separator: "\n").first.map(String.init) ?? ""
  return line.replacing("slipway: ", with: "", maxReplacements: 1)
}

/// A duration as people say it: `840 us`, `12 ms`, `1.5 s`.
func short(_ duration: Duration) -> String {
  let microseconds =
    Double(duration.components.seconds) * 1e6 + Double(duration.components.attoseconds) / 1e12
  return switch microseconds {
  case ..<1000: "\(Int(microseconds)) us"
  case ..<1_000_000: "\((microseconds / 1000).formatted(.number.precision(.fractionLength(1)))) ms"
  default: "\((microseconds / 1e6).formatted(.number.precision(.fractionLength(1)))) s"
  }
}

func percent(_ share: Double) -> String {
  "\((share * 100).formatted(.number.precision(.fractionLength(0)))) %"
}
