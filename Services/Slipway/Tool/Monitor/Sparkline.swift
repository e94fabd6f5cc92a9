/// Counts as a line of small bars.
enum Sparkline {
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  /// More bins than this are no picture any more.
  private static let countMax = 16

  /// Each bar's share of the tallest; a space for none at all.
  static func text(_ counts: [UInt64]) -> String {
    let shown = counts.prefix(countMax)
    guard let tallest = shown.max(), tallest > 0 else { return "" }
    return String(
      shown.map { count in
        guard count > 0 else { return " " }
        let place = Double(count) / Double(tallest) * Double(bars.count)
        return bars[min(bars.count - 1, max(0, Int(place.rounded(.up)) - 1))]
      })
  }
}
