import Foundation

/// Lines of narration: with colour on a terminal, plain when they are piped.
struct Terminal {
  private let usesColour: Bool
  private let lineMax: Int

  init() {
    let variables = ProcessInfo.processInfo.environment
    usesColour = isatty(STDOUT_FILENO) == 1 && variables["NO_COLOR"] == nil
    lineMax = 160
  }

  func title(_ text: String) { print(paint(text, "1")) }

  func note(_ text: String, since start: ContinuousClock.Instant? = nil) {
    print(paint("   \(text)\(start.map(time) ?? "")", "2"))
  }

  func held(
    _ number: Int, _ name: String, _ lines: [String], since start: ContinuousClock.Instant
  ) {
    print("\(paint(mark("✓", "ok"), "32")) \(number). \(name)\(paint(time(start), "2"))")
    for line in lines { print("     \(cut(line))") }
  }

  func failed(_ number: Int, _ name: String, _ reason: String) {
    print("\(paint(mark("✗", "FAILED"), "31")) \(number). \(name)")
    for line in reason.split(separator: "\n").prefix(8) { print("     \(line)") }
  }

  private func mark(_ sign: String, _ word: String) -> String { usesColour ? sign : word }

  private func time(_ start: ContinuousClock.Instant) -> String {
    let seconds = Double((ContinuousClock.now - start).components.attoseconds) / 1e18
      + Double((ContinuousClock.now - start).components.seconds)
    return " (\(seconds.formatted(.number.precision(.fractionLength(1)))) s)"
  }

  private func cut(_ line: String) -> String {
    line.count <= lineMax ? line : line.prefix(lineMax - 1) + "…"
  }

  private func paint(_ text: String, _ code: String) -> String {
    usesColour ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
